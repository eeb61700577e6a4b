async ({ kind, text, dark }) => {
  const lineOf = (s, pos) => s.slice(0, pos).split('\n').length
  const family = 'Inter, "Noto Sans", sans-serif'
  const ink = dark ? '#ffffff' : '#14181d', soft = dark ? '#cfd8e3' : '#4a5563', fill = dark ? '#24344d' : '#e8f0fe', edge = dark ? '#8fb8f6' : '#3b6fd4'
  const picture = source => {
    const svg = new DOMParser().parseFromString(source, 'text/html').querySelector('svg')
    const { width, height } = svg.viewBox.baseVal
    if (!(width > 0 && height > 0)) return { error: 'the diagram is empty', line: 0 }
    const s = Math.min(2, 1152 / width, 600 / height)
    svg.setAttribute('width', width * s)
    svg.setAttribute('height', height * s)
    svg.style.maxWidth = ''
    return { svg: new XMLSerializer().serializeToString(svg), width: width * s, height: height * s }
  }
  const wrong = (message, line) => ({ error: message.split('\n')[0].slice(0, 300) || 'it cannot be read', line: line || 0 })
  if (kind === 'mermaid') {
    mermaid.initialize({
      startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true, htmlLabels: false, flowchart: { htmlLabels: false }, deterministicIds: true, themeCSS: '.edgeLabel rect, .labelBkg, .edgeLabel { opacity: 1 !important }', fontFamily: family, theme: 'base',
      themeVariables: {
        darkMode: dark, background: dark ? '#0d1219' : '#ffffff', fontFamily: family, fontSize: '16px', primaryColor: fill, primaryTextColor: ink, primaryBorderColor: edge, lineColor: soft, textColor: ink,
        secondaryColor: dark ? '#3a2f52' : '#f3e8ff', tertiaryColor: dark ? '#1d2a26' : '#ecfdf3', noteBkgColor: dark ? '#4d431f' : '#fff7d6', noteTextColor: ink, edgeLabelBackground: dark ? '#1a2330' : '#ffffff',
      },
    })
    try {
      const { svg } = await mermaid.render('mermaid', text)
      // What mermaid refuses it draws as a diagram that says so.
      const letters = s => s.replace(/<[^>]*>/g, '').replace(/\s+/g, '').toLowerCase(), refusal = 'maximumtextsizeindiagramexceeded'
      if (letters(svg).includes(refusal) && !letters(text).includes(refusal)) return wrong(`it has ${text.length} characters, and mermaid draws no more than 50000: split it over several diagrams`)
      if (/aria-roledescription="error"/.test(svg)) return wrong('mermaid cannot read it')
      return picture(svg)
    } catch (e) {
      document.body.replaceChildren()
      const m = String(e && e.message || e), at = /line (\d+)/i.exec(m)
      return wrong(m.replace(/:?\s*\n[\s\S]*?(Expecting)/, ': $1'), at && +at[1])
    }
  }
  if (kind === 'dot') {
    const font = { fontname: 'Inter', fontcolor: ink }
    try {
      return picture((await (window.vizInstance ??= Viz.instance())).renderString(text, {
        format: 'svg', graphAttributes: { bgcolor: 'transparent', pad: 0.1, color: soft, ...font },
        nodeAttributes: { color: edge, fillcolor: fill, style: 'filled', penwidth: 1.2, ...font }, edgeAttributes: { color: soft, fontsize: 12, ...font },
      }))
    } catch (e) {
      const m = String(e && e.message || e), at = /line (\d+)/i.exec(m)
      return wrong(m, at && +at[1])
    }
  }
  let out = '', start = 0
  for (const part of text.split(/(\n[ \t]*\n\s*)/)) {
    if (part.trim()) {
      try {
        out += '<p>' + temml.renderToString(part.trimEnd(), { displayMode: true, throwOnError: true, trust: false }) + '</p>'
      } catch (e) {
        return wrong(String(e && e.message || e).replace(/^ParseError:\s*/, ''), lineOf(text, start + (e && e.position || 0)))
      }
    }
    start += part.length
  }
  return out ? { mathml: out } : wrong('the formula is empty', 1)
}
