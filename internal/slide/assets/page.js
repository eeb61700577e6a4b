async ({ runes, preload, project, scale, clear, hyphens, area, avoid, whole, colors }) => {
  const slide = document.querySelector('.slide'), backdrop = document.querySelector('.backdrop')
  const late = () => [...document.styleSheets].some(function open(s) {
    try { return [...s.cssRules].some(r => r instanceof CSSImportRule && r.layerName !== undefined && (r.styleSheet === null || open(r.styleSheet))) } catch { return false }
  })
  document.body.getBoundingClientRect()
  if (late() && !window.waited) return { wait: true }
  const images = [...document.images, ...preload.map(src => { const i = new Image(); i.src = src; return i })]
  await Promise.all(images.map(i => i.decode().catch(() => 0)))
  await document.fonts.ready

  const px = v => parseFloat(v) || 0
  arrangeLayout(slide)
  const setArea = (l, t, r, b) => { for (const [side, v] of Object.entries({ left: l, top: t, right: innerWidth - r, bottom: innerHeight - b, width: 'auto', height: 'auto' })) backdrop.style.setProperty(side, typeof v === 'number' ? v + 'px' : v, 'important') }
  let [areaLeft, areaTop, areaRight, areaBottom] = area || [0, 0, innerWidth, innerHeight]
  if (area) setArea(...area)
  // Captions: a slide that would meet their strips is laid out between them.
  let fitted = fitSlide(slide, backdrop, [0, 0], scale, hyphens)
  const listBoxes = () => {
    const range = document.createRange()
    range.selectNodeContents(slide)
    return [...(getComputedStyle(slide).backgroundColor !== 'rgba(0, 0, 0, 0)' ? [slide.getBoundingClientRect()] : []), ...range.getClientRects(), ...[...slide.querySelectorAll('pre, table, img, svg, blockquote')].map(el => el.getBoundingClientRect())].filter(r => r.width && r.height)
  }
  // Text that would cover a picture in the corner is laid out beside it, or in upright frames above it.
  if (avoid && listBoxes().some(r => r.right > avoid[0] && r.left < avoid[2] && r.bottom > avoid[1] && r.top < avoid[3])) {
    if (innerHeight > innerWidth) areaBottom = avoid[1]
    else areaRight = avoid[0]
    setArea(areaLeft, areaTop, areaRight, areaBottom)
    fitted.undo()
    fitted = fitSlide(slide, backdrop, [0, 0], scale, hyphens)
  }
  const airy = getComputedStyle(slide).backgroundColor !== 'rgba(0, 0, 0, 0)' || slide.querySelector('h2, .block > ul, .block > ol, .text > div') && document.documentElement.classList.contains('over') ? 14 : 0
  const above = Math.max(clear[0] && clear[0] + airy - areaTop, 0), below = Math.max(clear[1] && clear[1] + airy - (innerHeight - areaBottom), 0)
  if (above || below) {
    const boxes = listBoxes()
    const up = Math.min(...boxes.map(r => r.top)), down = Math.max(...boxes.map(r => r.bottom))
    if (boxes.length && (up < areaTop + above || down > areaBottom - below)) {
      const pad = getComputedStyle(backdrop)
      backdrop.style.setProperty('padding-top', Math.max(px(pad.paddingTop), above) + 'px', 'important')
      backdrop.style.setProperty('padding-bottom', Math.max(px(pad.paddingBottom), below) + 'px', 'important')
      fitted.undo()
      fitted = fitSlide(slide, backdrop, [above, below], scale, hyphens)
    }
  }
  const { z, small, authored, largest } = fitted

  // The picture outside of its content: one colour, unless the theme paints more.
  const paints = (el, pseudo) => {
    const s = getComputedStyle(el, pseudo)
    if (pseudo) return s.content !== 'none' && s.content !== 'normal'
    return s.backgroundImage !== 'none' || s.boxShadow !== 'none' || s.filter !== 'none' || s.maskImage !== 'none' || s.clipPath !== 'none' ||
      s.mixBlendMode !== 'normal' || s.backdropFilter !== 'none' || s.outlineStyle !== 'none' || px(s.borderTopWidth) + px(s.borderLeftWidth) + px(s.borderRightWidth) + px(s.borderBottomWidth) > 0
  }
  const frame = [document.documentElement, document.body, backdrop]
  const full = r => r.left <= 0 && r.top <= 0 && r.right >= innerWidth && r.bottom >= innerHeight
  const flat = !frame.some(el => paints(el) || paints(el, '::before') || paints(el, '::after')) && (area || avoid || document.querySelector('.watermark, .progress') || full(backdrop.getBoundingClientRect())) && !whole
  let box = [innerWidth, innerHeight, 0, 0]
  const blur = getComputedStyle(slide).textShadow === 'none' ? 0 : 48
  // Bars are ::before and ::after without text, as blocks at the beginning and the end of their element.
  const bar = (el, pseudo) => {
    const s = getComputedStyle(el, pseudo)
    if (s.content !== '""' || s.display !== 'block' || s.position !== 'static' || s.boxShadow !== 'none' || s.transform !== 'none') return
    const own = getComputedStyle(el), r = el.getBoundingClientRect(), high = z * px(s.height)
    const left = r.left + z * (px(own.paddingLeft) + px(own.borderLeftWidth) + px(s.marginLeft))
    const top = pseudo === '::before' ? r.top + z * (px(own.paddingTop) + px(own.borderTopWidth) + px(s.marginTop)) : r.bottom - z * (px(own.paddingBottom) + px(own.borderBottomWidth) + px(s.marginBottom)) - high
    return { left, top, right: left + z * px(s.width), bottom: top + high, width: z * px(s.width), height: high }
  }
  const listBars = el => ['::before', '::after'].map(pseudo => bar(el, pseudo)).filter(Boolean)
  const shows = el => {
    const s = getComputedStyle(el)
    return s.backgroundColor !== 'rgba(0, 0, 0, 0)' || paints(el) || paints(el, '::before') && !bar(el, '::before') || paints(el, '::after') && !bar(el, '::after') || !el.matches('div, section, p, ul, ol, li, span, h1, h2, h3, h4, h5, h6, a, b, strong, em, i, code, table, thead, tbody, tr, th, td, blockquote, sup, sub, br, s, del, u, small')
  }
  // Letters of ::before and ::after may reach out of their line by a part of their size.
  const overhang = (el, pseudo) => {
    const s = getComputedStyle(el, pseudo)
    return /^["'].{2,}/.test(s.content) ? .16 * px(s.fontSize) : 0
  }
  const collect = node => {
    if (node.nodeType === 3) {
      if (!node.data.trim()) return
      const range = document.createRange()
      range.selectNodeContents(node)
      return add(range.getBoundingClientRect(), 12 + blur)
    }
    if (node.nodeType !== 1) return
    if (node === slide || !node.matches('.later')) {
      if (shows(node)) {
        const r = node.getBoundingClientRect(), up = overhang(node, '::before'), down = overhang(node, '::after')
        add({ left: r.left, right: r.right, width: r.width, height: r.height, top: r.top - up, bottom: r.bottom + down }, getComputedStyle(node).boxShadow === 'none' ? 12 : 52)
      }
      for (const bar of listBars(node)) add(bar, 12)
      if (node.matches('pre')) return
      if (node.matches('li')) add(node.getBoundingClientRect(), 90 * z, true)
      for (const child of node.childNodes) collect(child)
    }
  }
  if (slide.querySelectorAll('*').length < 400) collect(slide)
  else add(slide.getBoundingClientRect(), 60)
  for (const el of document.querySelectorAll('.watermark img, .progress')) add(el.getBoundingClientRect(), 2)
  if (paints(slide)) add(slide.getBoundingClientRect(), 70)
  function add(r, more, aside) {
    if (!r.width || !r.height) return
    const down = aside ? 0 : more
    box = [Math.min(box[0], r.left - more), Math.min(box[1], r.top - down), Math.max(box[2], r.right + more), Math.max(box[3], r.bottom + down)]
  }
  const texts = []
  if (colors) {
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT), range = document.createRange()
    while (walker.nextNode() && texts.length < 60) {
      if (!walker.currentNode.data.trim()) continue
      const c = getComputedStyle(walker.currentNode.parentElement).color.match(/[\d.]+/g)
      if (!c || c.length < 3) continue
      range.selectNodeContents(walker.currentNode)
      for (const r of range.getClientRects()) if (r.width > 1) texts.push({ color: [+c[0], +c[1], +c[2], c[3] === undefined ? 1 : +c[3]], box: [r.left, r.top, r.right, r.bottom] })
    }
  }
  const logo = document.querySelector('.watermark img')
  const backdrops = [...document.querySelectorAll('body, body *')].map(el => [el, getComputedStyle(el).backdropFilter]).filter(([, f]) => f !== 'none').slice(0, 50)
    .map(([el, filter]) => { const r = el.getBoundingClientRect(); return { filter, box: [r.left, r.top, r.right, r.bottom] } })

  // Fonts: of families that CSS names only a project's theme can name one that is not there.
  const ink = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const width = font => { ink.font = `40px ${font}`; return ink.measureText('mmmlliiWWq@1').width }
  const generic = /^(serif|sans-serif|monospace|cursive|fantasy|system-ui|ui-.*|math|emoji|fangsong|-apple-system|BlinkMacSystemFont)$/i
  const bare = s => s.trim().replace(/^["']|["']$/g, '')
  const missing = new Set()
  if (project) {
    const seen = new Set()
    for (const el of [slide, ...slide.querySelectorAll('*')].slice(0, 500)) seen.add(getComputedStyle(el).fontFamily.split(',')[0])
    await Promise.all([...seen].map(f => document.fonts.load(`40px ${f}`).catch(() => 0)))
    for (const f of seen) {
      const name = bare(f)
      if (!name || generic.test(name)) continue
      const q = JSON.stringify(name)
      if (['serif', 'monospace'].every(g => width(`${q}, ${g}`) === width(g))) missing.add(name)
    }
  }
  // Stand-ins of ours that are not installed are missing, not broken.
  const broken = [...document.fonts].filter(f => f.status === 'error').map(f => bare(f.family)).filter(f => !/^(Georgia|Verdana)$/.test(f))
  // Which letters stand in which of the families that the theme brings.
  const brought = new Set([...document.fonts].filter(f => f.status === 'loaded').map(f => bare(f.family).toLowerCase()))
  const letters = {}
  if (project && brought.size) {
    const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const family = bare(getComputedStyle(texts.currentNode.parentElement).fontFamily.split(',')[0]).toLowerCase()
      if (brought.has(family)) letters[family] = (letters[family] || '') + texts.currentNode.data
    }
  }
  const plain = getComputedStyle(slide).fontFamily
  const pixels = c => {
    ink.canvas.width = 48; ink.canvas.height = 48
    ink.font = `32px ${plain}`
    ink.fillText(c, 4, 36)
    return ink.getImageData(0, 0, 48, 48).data.join()
  }
  let tofu = []
  if (runes.length) { const box = pixels('\u{10FFFD}'); tofu = runes.filter(r => pixels(String.fromCodePoint(r)) === box) }
  const parts = [...(paints(slide) ? [slide] : []), ...slide.querySelectorAll('.block > *, .text')].slice(0, 2000).map(el => el.getBoundingClientRect()).filter(r => r.width && r.height)
  const content = parts.length ? [Math.min(...parts.map(r => r.left)), Math.min(...parts.map(r => r.top)), Math.max(...parts.map(r => r.right)), Math.max(...parts.map(r => r.bottom))] : [0, 0, 0, 0]
  return { z, texts, tight: fitted.tight, small, authored, largest, content, box, flat, backdrops, logo: logo && [logo.naturalWidth, logo.naturalHeight], missing: [...missing], broken: [...new Set(broken)], tofu, letters }
}
