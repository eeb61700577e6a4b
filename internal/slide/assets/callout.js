async ({ marks, clear, runes }) => {
  const late = () => [...document.styleSheets].some(function open(s) {
    try { return [...s.cssRules].some(r => r instanceof CSSImportRule && r.layerName !== undefined && (r.styleSheet === null || open(r.styleSheet))) } catch { return false }
  })
  if (late() && !window.waited) return { wait: true }
  document.body.getBoundingClientRect()
  await document.fonts.ready

  // The marker and the edge of a label: a bright colour of the theme.
  const ink = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const luminance = color => {
    if (!color) return -1
    ink.clearRect(0, 0, 1, 1); ink.fillStyle = '#000'; ink.fillStyle = color; ink.fillRect(0, 0, 1, 1)
    const [r, g, b] = [...ink.getImageData(0, 0, 1, 1).data].map(v => (v / 255) ** 2.2)
    return .2126 * r + .7152 * g + .0722 * b
  }
  const style = getComputedStyle(document.body)
  const named = name => style.getPropertyValue(name).trim()
  const marker = [named('--mark'), named('--mark-ink')].find(c => luminance(c) > .4) ?? '#ffe066'
  document.querySelectorAll('.callout-marker').forEach(m => m.style.setProperty('fill', marker, 'important'))
  const ring = document.querySelector('.callout-ring')
  const probe = document.querySelector('.callout-label')
  if (probe && luminance(getComputedStyle(probe).borderInlineStartColor) < .05) document.body.style.setProperty('--label-edge', luminance(named('--mark-ink')) > .4 ? named('--mark-ink') : '#fff')

  // Labels: next to their shapes, inside the frame, not over other shapes, labels and captions.
  const gap = 14, edge = 16
  const shapes = marks.map(m => m.box), taken = [...shapes]
  if (clear[0]) taken.push([0, 0, innerWidth, clear[0]])
  if (clear[1]) taken.push([0, innerHeight - clear[1], innerWidth, innerHeight])
  const common = (a, b) => Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]))
  const clamp = (v, low, high) => Math.max(low, Math.min(v, high))
  const boxes = []
  for (const el of document.querySelectorAll('.callout-label')) {
    const { box, within } = marks[+el.dataset.mark]
    const room = [Math.max(within[0], 0) + edge, Math.max(within[1], 0) + edge, Math.min(within[2], innerWidth) - edge, Math.min(within[3], innerHeight) - edge]
    const wide = Math.max(room[2] - room[0], 40), high = Math.max(room[3] - room[1], 20)
    el.style.maxWidth = Math.min(520, wide) + 'px'
    for (let size = 26; size > 14; size -= 2) {
      el.style.fontSize = size + 'px'
      if (el.offsetHeight <= Math.min(high, innerHeight * .35)) break
    }
    // The plate hugs its lines.
    const range = document.createRange()
    range.selectNodeContents(el)
    const lines = [...range.getClientRects()], pad = getComputedStyle(el)
    const inked = Math.max(...lines.map(r => r.right)) - Math.min(...lines.map(r => r.left))
    const around = ['paddingLeft', 'paddingRight', 'borderLeftWidth', 'borderRightWidth'].reduce((n, k) => n + parseFloat(pad[k]), 0)
    el.style.setProperty('width', Math.min(Math.ceil(inked + around + .5), wide) + 'px', 'important')
    const w = el.offsetWidth, h = el.offsetHeight
    const x = clamp((box[0] + box[2] - w) / 2, room[0], room[2] - w), y = clamp((box[1] + box[3] - h) / 2, room[1], room[3] - h)
    const places = [
      [x, box[3] + gap], [x, box[1] - gap - h], [box[2] + gap, y], [box[0] - gap - w, y],
      [x, box[3] - gap - h], [x, box[1] + gap],
    ].map(([x, y]) => [clamp(x, room[0], Math.max(room[2] - w, room[0])), clamp(y, room[1], Math.max(room[3] - h, room[1]))])
    const cost = ([x, y]) => taken.reduce((sum, t) => sum + common([x, y, x + w, y + h], t), 0)
    const best = places.reduce((a, b) => cost(b) < cost(a) ? b : a)
    el.style.left = best[0] + 'px'; el.style.top = best[1] + 'px'
    const at = [best[0], best[1], best[0] + w, best[1] + h]
    taken.push(at); boxes.push(at)
  }
  let tofu = []
  if (runes.length && probe) {
    const plain = getComputedStyle(probe).fontFamily
    const pixels = c => {
      ink.canvas.width = 48; ink.canvas.height = 48
      ink.font = `32px ${plain}`
      ink.fillText(c, 4, 36)
      return ink.getImageData(0, 0, 48, 48).data.join()
    }
    const box = pixels('\u{10FFFD}')
    tofu = runes.filter(r => pixels(String.fromCodePoint(r)) === box)
  }
  const around = 24 // shadows
  const all = [...boxes, ...shapes].map(b => [b[0] - around, b[1] - around, b[2] + around, b[3] + around])
  const box = [0, 1, 2, 3].map(k => (k < 2 ? Math.min : Math.max)(...all.map(b => b[k])))
  return { tofu, box, labels: boxes, accent: ring ? getComputedStyle(ring).stroke : '', marker }
}
