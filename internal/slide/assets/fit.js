// Fits the slide into the frame, between the strips that captions need. Lengths are CSS pixels of a
// frame whose shorter side is 720.
//
// The steps, each only if those before are not enough: words that are too long break at hyphens; code
// and tables shrink to letters of 20 px; code wraps and table cells break; the whole slide shrinks by up
// to 40 %; words break anywhere; the slide shrinks until its smallest letters have 20 px, then 14 px, then
// until it fits.
function fitSlide(slide, backdrop, clear, scale, hyphens) {
  const preferred = 20, readable = 14
  const upright = document.documentElement.classList.contains('upright'), page = document.documentElement
  const preferredBox = upright ? 28 : preferred // of code and tables that wrap
  const leastBox = upright ? 22 : preferred // of code and tables whose lines all fit
  const px = v => parseFloat(v) || 0
  const pad = getComputedStyle(backdrop)
  const few = list => [...list].slice(0, 2000)
  const changes = [] // functions that undo what was changed
  const change = el => { const style = el.getAttribute('style'); changes.push(() => style === null ? el.removeAttribute('style') : el.setAttribute('style', style)) }
  change(slide)
  changes.push(() => slide.classList.remove('break'))

  // The sizes of the smallest letters: those of Mynah and of the theme, and those that the script sets.
  const smallest = root => {
    let own = Infinity, authored = Infinity, most = 20000
    const sizes = new Map(), texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (texts.nextNode() && most--) {
      const el = texts.currentNode.parentElement
      if (sizes.has(el) || !texts.currentNode.data.trim() || !el.getClientRects().length) continue
      const size = px(getComputedStyle(el).fontSize)
      sizes.set(el, size)
      if (el.closest('.sized')) authored = Math.min(authored, size)
      else own = Math.min(own, size)
    }
    for (const img of few(root.querySelectorAll('img[data-text]'))) {
      const size = img.dataset.text * img.clientWidth / (img.getAttribute('width') || img.clientWidth)
      if (size) own = Math.min(own, size)
    }
    return { own, authored, least: Math.min(own, authored) }
  }

  // Room for an overfull slide: its margins may be smaller than usual.
  const place = backdrop.getBoundingClientRect()
  const aside = .038 * innerWidth, above = .031 * place.height
  const left = Math.min(px(pad.paddingLeft), aside), right = Math.min(px(pad.paddingRight), aside)
  const top = Math.max(clear[0], Math.min(px(pad.paddingTop), above)), bottom = Math.max(clear[1], Math.min(px(pad.paddingBottom), above))
  const W = place.width - left - right, H = place.height - top - bottom
  const blocks = few(slide.querySelectorAll('.block, .block > *, .footnotes p'))
  const width = () => blocks.reduce((w, el) => Math.max(w, el.scrollWidth), slide.scrollWidth)
  const usual = backdrop.getBoundingClientRect()
  const usualH = usual.height - Math.max(px(pad.paddingTop), clear[0]) - Math.max(px(pad.paddingBottom), clear[1])
  const overfull = () => width() > slide.clientWidth + 1 || slide.scrollHeight > usualH + 1

  const set = z => { slide.style.width = W / z + 'px'; slide.style.maxWidth = 'none' }
  const wide = z => width() > W / z + 1
  const fits = z => { set(z); return !wide(z) && slide.scrollHeight <= H / z + 1 }
  const search = (low, high) => {
    if (fits(high)) return high
    if (!fits(low)) return 0
    for (let i = 0; i < 9; i++) { const mid = (low + high) / 2; if (fits(mid)) low = mid; else high = mid }
    // Lines break differently at each scale, so a larger one may fit although a smaller one did not.
    for (let more = 1.12; more > 1.005; more -= .01) if (low * more < high && fits(low * more)) return low * more
    fits(low)
    return low
  }

  const shrink = el => {
    const room = Math.min(W, el.parentElement.getBoundingClientRect().width || W)
    change(el)
    changes.push(() => el.classList.remove('wrap'))
    const widthOf = () => Math.max(el.getBoundingClientRect().width, el.scrollWidth)
    const shrinkTo = letters => {
      for (let i = 0; i < 4 && widthOf() > room + .5; i++) {
        const now = px(getComputedStyle(el).fontSize), least = now * Math.min(1, letters / smallest(el).least)
        el.style.fontSize = Math.max(least, now * room / widthOf() - .05) + 'px'
      }
    }
    const before = el.style.fontSize
    shrinkTo(leastBox)
    if (widthOf() <= room + .5) return
    el.style.fontSize = before
    shrinkTo(preferredBox)
    el.classList.add('wrap')
    // What does not fit in a line of code hangs by two letters more than the line is indented.
    for (const line of el.querySelectorAll('.line')) line.style.setProperty('--indent', Math.min(indentOf(line), 16) + 'ch')
  }

  // indentOf returns the number of columns of the blanks at the start of a line of code.
  const indentOf = line => {
    let n = 0
    for (const c of line.textContent.match(/^[ \t]*/)[0]) n += c === '\t' ? 4 - n % 4 : 1
    return n
  }

  // divide returns a word with soft hyphens. In languages whose compounds are joined by an s, breaks there alone are
  // better, if the parts are short enough: for their room, or for a column of a table, whose room is 0.
  const joining = /^(de|sv|da|nb|nn|no|nl)\b/.test(page.lang)
  const divide = (word, width, room) => {
    const all = hyphens[word].replace(/\u00ad(?=.{1,3}$)/u, '')
    const joints = all.replaceAll(/\u00ad/g, (mark, at, text) => {
      const before = text.slice(0, at).replaceAll(mark, ''), after = text.slice(at + 1).replaceAll(mark, '')
      return /\p{L}{4}s$/u.test(before) && after.length > 3 ? mark : ''
    })
    const longest = Math.max(...joints.split('\u00ad').map(part => part.length))
    const fits = room ? width * (longest + 1) / word.length < .95 * room : longest <= 18
    return joining && joints.includes('\u00ad') && fits ? joints : all
  }

  // hyphenate allows breaks inside the words that are wider than their block, and inside all long words of
  // tables. It measures all words before it changes any, because each change costs a new layout.
  const hyphenate = () => {
    const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT), changed = new Map(), range = document.createRange()
    let most = 1000
    while (texts.nextNode() && most > 0) {
      const node = texts.currentNode
      if (node.parentElement.closest('pre, code')) continue
      const block = node.parentElement.closest('td, th, li, p, h1, h2, h3, h4, h5, h6, blockquote, .text, .block')
      const room = block.matches('td, th') ? 0 : Math.min(block.getBoundingClientRect().width, W) - 1
      for (const m of node.data.matchAll(/[\p{L}\p{M}]+/gu)) {
        // A short half of a word with a hyphen of its own breaks there.
        const ownHyphen = node.data[m.index - 1] === '-' || node.data[m.index + m[0].length] === '-'
        if (!Object.hasOwn(hyphens, m[0]) || ownHyphen && room === 0 && m[0].length < 14 || !most--) continue
        range.setStart(node, m.index)
        range.setEnd(node, m.index + m[0].length)
        const width = range.getBoundingClientRect().width
        if (width > room) changed.set(node, [...(changed.get(node) || []), { at: m.index, word: m[0], divided: divide(m[0], width, room) }])
      }
    }
    for (const [node, words] of changed) {
      const text = node.data
      changes.push(() => { node.data = text })
      let out = '', at = 0
      for (const w of words) { out += text.slice(at, w.at) + w.divided; at = w.at + w.word.length }
      node.data = out + text.slice(at)
    }
  }

  // The large line of a layout shrinks alone.
  for (const el of slide.querySelectorAll('.large-line')) {
    change(el)
    for (let i = 0; i < 4 && el.scrollWidth > slide.clientWidth + .5; i++) el.style.fontSize = px(getComputedStyle(el).fontSize) * slide.clientWidth / el.scrollWidth - .1 + 'px'
  }

  // A heading whose longest word is a little too wide shrinks alone, by at most 7 %.
  for (const el of few(slide.querySelectorAll('.block > :is(h1, h2, h3), .text > div:not(.large-line)'))) {
    const room = el.parentElement.clientWidth, size = px(getComputedStyle(el).fontSize), style = el.getAttribute('style')
    const needs = () => el.scrollWidth > el.clientWidth ? el.scrollWidth + px(getComputedStyle(el).paddingInlineEnd) : el.getBoundingClientRect().width
    if (needs() <= room + .5) continue
    change(el)
    for (let i = 0; i < 3 && needs() > room + .5; i++) el.style.fontSize = px(getComputedStyle(el).fontSize) * room / needs() - .1 + 'px'
    if (px(getComputedStyle(el).fontSize) < .93 * size) style === null ? el.removeAttribute('style') : el.setAttribute('style', style)
  }

  // A heading of many lines leaves room for the rest of a title or of a narrow column.
  const shrinkHeadings = () => {
    const most = page.classList.contains('layout-title') ? 3 : page.matches('.layout-split, .layout-split-left') ? 2 : Infinity
    for (const el of few(slide.querySelectorAll('h1, h2, .text > div:first-child'))) {
      const style = getComputedStyle(el), size = px(style.fontSize)
      if (el.getBoundingClientRect().height / (px(style.lineHeight) || 1.2 * size) < most + .7) continue
      change(el)
      el.style.fontSize = .8 * size + 'px'
    }
  }

  let z = 1
  const tight = overfull()
  if (tight) {
    set(1)
    if (wide(1)) hyphenate()
    shrinkHeadings()
    for (const el of few(slide.querySelectorAll('pre, table'))) shrink(el)
    const least = smallest(slide).least
    const scaleTo = size => Math.min(1, size / least)
    const gentle = Math.max(scaleTo(preferred), .6)
    z = search(gentle, 1)
    if (!z) {
      set(gentle)
      if (wide(gentle)) slide.classList.add('break')
      z = search(scaleTo(preferred), 1) || search(scaleTo(readable), scaleTo(preferred)) || search(.005, scaleTo(readable)) || .005
    }
    fits(z)
    spread()
  }

  // spread widens the gaps of a slide whose lines leave some height free.
  function spread() {
    const gaps = few(slide.querySelectorAll('.block + .block, .block > * + *, li + li')).filter(el => el.getClientRects().length)
    const free = H / z - slide.scrollHeight - 1
    if (!gaps.length || free < 4) return
    const extra = Math.min(free, .12 * H / z) / gaps.length
    const margins = gaps.map(el => [el, px(getComputedStyle(el).marginTop)])
    for (const [el, margin] of margins) {
      change(el)
      el.style.marginTop = margin + extra + 'px'
    }
    if (slide.scrollHeight > H / z + 1) for (const [el, margin] of margins) el.style.marginTop = margin + 'px'
  }

  // hug makes a box as narrow as its longest line, so that it stands in the middle.
  const hug = el => {
    const texts = document.createTreeWalker(el, NodeFilter.SHOW_TEXT), range = document.createRange(), box = el.getBoundingClientRect()
    let from = Infinity, to = -Infinity, most = 400
    const add = r => { if (r.width) { from = Math.min(from, r.left); to = Math.max(to, r.right) } }
    while (texts.nextNode()) {
      if (!most--) return
      range.selectNodeContents(texts.currentNode)
      if (texts.currentNode.data.trim()) [...range.getClientRects()].forEach(add)
    }
    el.querySelectorAll('img, pre, table, input, math, :not(pre) > code, kbd').forEach(child => add(child.getBoundingClientRect()))
    const s = getComputedStyle(el), rtl = s.direction === 'rtl', height = el.offsetHeight, before = el.style.width
    const inner = box.width - px(s.paddingLeft) - px(s.paddingRight) - px(s.borderLeftWidth) - px(s.borderRightWidth)
    const slack = s.textAlign === 'center' ? inner - (to - from) : rtl ? from - box.left - px(s.paddingLeft) - px(s.borderLeftWidth) : box.right - px(s.paddingRight) - px(s.borderRightWidth) - to // before scaling
    if (slack < 1.5 || to < from) return
    change(el)
    el.style.width = box.width - slack + .6 + 'px'
    if (el.offsetHeight > height) el.style.width = before
  }
  const painted = el => getComputedStyle(el).backgroundColor !== 'rgba(0, 0, 0, 0)'
  few(slide.querySelectorAll('.block > ul, .block > ol, .block > blockquote, .footnotes')).slice(0, 50).forEach(hug)
  few(slide.querySelectorAll('.text > div, h1, h2, h3, .markdown > p')).filter(painted).slice(0, 50).forEach(hug)
  if (!tight && painted(slide)) hug(slide)

  if (tight) {
    // Centre what is drawn, not the empty space around it.
    const box = slide.getBoundingClientRect()
    const ends = few(painted(slide) ? [slide] : slide.children).map(el => el.getBoundingClientRect()).filter(r => r.height)
    const bar = getComputedStyle(slide, '::before').content !== 'none'
    const high = ends.length && !bar ? Math.min(...ends.map(r => r.top)) - box.top : 0
    const low = ends.length ? Math.max(...ends.map(r => r.bottom)) - box.top : slide.scrollHeight
    const snap = v => Math.round(v * scale) / scale
    Object.assign(slide.style, {
      position: 'absolute', margin: '0', width: W / z + 'px', height: slide.scrollHeight + 'px', left: snap(left) + 'px',
      top: snap(top + (H - (low - high) * z) / 2 - high * z) + 'px', transform: z < 1 ? `scale(${z})` : 'none', transformOrigin: '0 0', overflow: 'visible',
    })
  }

  const { own, authored } = smallest(slide)
  const shown = size => Number.isFinite(size) ? size * z : 0
  return { z, tight, small: shown(own), authored: shown(authored), largest: tight ? largest() : '', undo: () => changes.reverse().forEach(f => f()) }

  // largest describes the tallest part of the slide.
  function largest() {
    const parts = few(slide.querySelectorAll('.block > *, .text')).filter(el => !el.matches('h1, h2, h3, h4, h5, h6'))
    const heights = parts.map(el => el.getBoundingClientRect().height)
    const el = parts[heights.indexOf(Math.max(...heights))]
    if (!el) return ''
    if (el.matches('pre')) { const n = el.querySelectorAll('.line').length || el.textContent.split('\n').length; return n > 1 ? `the ${n} lines of code` : 'the line of code' }
    if (el.matches('ul, ol')) return `the list of ${el.querySelectorAll('li').length} items`
    if (el.matches('table')) return `the table of ${el.rows.length} rows and ${el.rows[0] ? el.rows[0].cells.length : 0} columns`
    return 'the text'
  }
}
