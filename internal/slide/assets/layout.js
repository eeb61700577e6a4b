// Gives a slide the structure that its layout needs.
function arrangeLayout(slide) {
  const layout = name => document.documentElement.classList.contains('layout-' + name)
  const make = name => { const el = document.createElement('div'); el.className = name; return el }
  const letter = slide.textContent.match(/\p{L}/u)
  if (document.documentElement.className.includes('layout-') && letter && /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(letter[0])) slide.dir = slide.parentElement.dir = 'rtl'
  if (layout('columns')) {
    for (const block of slide.querySelectorAll('.block.markdown')) {
      const heads = [...block.children].filter(el => el.matches('h2'))
      if (heads.length < 2) continue
      const grid = make('columns')
      grid.style.setProperty('--columns', heads.length)
      block.insertBefore(grid, heads[0])
      let column
      for (let el = heads[0]; el;) {
        const next = el.nextElementSibling
        if (el.matches('.footnotes')) break
        if (el.matches('h2')) grid.append(column = make('column'))
        column.append(el)
        el = next
      }
    }
  }
  if (layout('stat')) {
    const first = slide.querySelector('.block.text > div, .block.markdown > :is(h1, h2, h3, h4, h5, h6, p)')
    if (first) first.classList.add('large-line')
  }
  if (layout('quote')) {
    for (const block of slide.querySelectorAll('.block')) {
      const last = block.lastElementChild
      if (last && block.children.length > 1 && last.matches('p, div') && /^\s*[—–―-]/.test(last.textContent)) last.classList.add('source')
    }
  }
}
