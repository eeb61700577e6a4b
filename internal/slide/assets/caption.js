async ({ room, runes, family, words }) => {
  const fonts = [...document.fonts].map(f => f.load().catch(() => 0))
  await Promise.all(fonts)
  await document.fonts.ready
  const out = []
  const all = [...document.querySelectorAll('.caption')]
  // What is wider than its room is drawn smaller.
  const widths = all.map(c => c.firstChild.getBoundingClientRect().width)
  all.forEach((c, i) => {
    if (widths[i] > room) c.firstChild.style.fontSize = Math.max(room / widths[i], .2) + 'em'
  })
  const exact = all.map(c => c.getBoundingClientRect().width)
  all.forEach((c, i) => { c.style.width = 2 * Math.ceil(exact[i] / 2) + 'px' })
  all.forEach((c, i) => {
    const r = c.getBoundingClientRect()
    const lines = [...c.querySelectorAll('.row')].map(l => l.firstChild)
    const boxes = (c.matches('.lit') ? [] : words[out.length] || []).map(parts => parts.flatMap(([line, from, to]) => {
      const range = document.createRange()
      range.setStart(lines[line], from)
      range.setEnd(lines[line], to)
      return [...range.getClientRects()].filter(b => b.width > 0).map(b => [b.left - r.left, b.top - r.top, b.right - r.left, b.bottom - r.top])
    }))
    const box = [r.left, r.top, r.right, r.bottom]
    if (c.matches('.lit')) out[out.length - 1].lit = box
    else out.push({ box, words: boxes })
  })
  const ink = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const width = font => { ink.font = `40px ${font}`; return ink.measureText('mmmlliiWWq@1').width }
  const q = JSON.stringify(family)
  const own = [...document.fonts].filter(f => f.family.includes('caption-font'))
  const missing = family !== "" && !own.length && ['serif', 'monospace'].every(g => width(`${q}, ${g}`) === width(g))
  const broken = own.some(f => f.status === 'error')
  const plain = all.length ? getComputedStyle(all[0]).fontFamily : 'sans-serif'
  const pixels = c => {
    ink.canvas.width = 48; ink.canvas.height = 48
    ink.font = `32px ${plain}`
    ink.fillText(c, 4, 36)
    return ink.getImageData(0, 0, 48, 48).data.join()
  }
  let tofu = []
  if (runes.length) { const box = pixels('\u{10FFFD}'); tofu = runes.filter(r => pixels(String.fromCodePoint(r)) === box) }
  return { captions: out, missing, broken, tofu }
}
