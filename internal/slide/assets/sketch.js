async ({ kind, text, look }) => {
  const lineOf = (s, pos) => s.slice(0, pos).split('\n').length
  const { ink, muted, ground, fill, edge, series, font: family, width: W, height: H } = look
  const luminance = c => [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16) / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)
  const dark = luminance(ground) < .18
  const mix = (c, d, share) => '#' + [1, 3, 5].map(i => Math.round(parseInt(c.slice(i, i + 2), 16) * (1 - share) + parseInt(d.slice(i, i + 2), 16) * share).toString(16).padStart(2, '0')).join('')
  const on = c => (luminance(c) + .05) / .05 > 1.05 / (luminance(c) + .05) ? '#14181d' : '#ffffff'
  const soft = series.map(c => mix(c, ground, .72))
  // picture scales a drawing to the room and measures its smallest text. Text has at least 20 px if there is room.
  const picture = source => {
    const svg = new DOMParser().parseFromString(source, 'text/html').querySelector('svg')
    const { width, height } = svg.viewBox.baseVal
    if (!(width > 0 && height > 0)) return { error: 'the diagram is empty', line: 0 }
    svg.setAttribute('width', width)
    svg.setAttribute('height', height)
    svg.style.maxWidth = ''
    document.body.replaceChildren(svg)
    const sizes = [...svg.querySelectorAll('text, tspan')].filter(el => [...el.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
      .map(el => parseFloat(getComputedStyle(el).fontSize) * Math.abs(el.getScreenCTM()?.a || 1)).filter(v => v > 0)
    const small = sizes.length ? Math.min(...sizes) : 0
    document.body.replaceChildren()
    const s = Math.min(Math.max(2, small ? 22 / small : 0), W / width, H / height)
    svg.setAttribute('width', width * s)
    svg.setAttribute('height', height * s)
    return { svg: new XMLSerializer().serializeToString(svg), width: width * s, height: height * s, text: small * s }
  }
  const wrong = (message, line) => ({ error: message.split('\n')[0].slice(0, 300) || 'it cannot be read', line: line || 0 })
  if (kind === 'mermaid') {
    const numbered = (name, n, from, f) => Object.fromEntries(Array.from({ length: n }, (_, i) => [name.replace('#', i + from), f(i)]))
    const each = (list, i) => list[i % list.length]
    const room = { width: Math.round(W / 1.5), height: Math.round(H / 1.5) }
    mermaid.initialize({
      startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true, htmlLabels: false, flowchart: { htmlLabels: false, curve: 'basis' }, deterministicIds: true, fontFamily: family, theme: 'base',
      themeCSS: `.edgeLabel rect, .labelBkg, .edgeLabel { opacity: 1 !important } .face { fill: ${mix(ground, series[2], .35)} !important; stroke: ${muted} !important } .mouth { stroke: ${ink} !important }
        .quadrant-point circle, .data-point circle { fill: ${series[0]} !important } .legend text, .pieTitleText, .titleText { fill: ${ink} !important } .sankey .node-labels text, .node-labels { fill: ${ink}; font-size: 18px } .titleText { font-family: ${family} } .links path { mix-blend-mode: normal !important }
        .grid .tick text { font-size: 15px; font-family: ${family} } .grid .tick line { stroke: ${mix(muted, ground, .7)} !important } .grid path { stroke: none !important } .mindmap-node:has(> circle) text { text-anchor: middle } .commit-label { font-size: 15px } .lineWrapper line, .lineWrapper path { stroke: ${muted} !important }
        text { font-variant-numeric: lining-nums } .eventWrapper { filter: none !important } .timeline-node text, .node-bkg + text { font-size: 17px } [class*=line-plot] path { stroke-width: 5px; stroke-linejoin: round }
        text.task, text.journey-section, text.legend { font-size: 16px !important } .sankey .node-labels text, .node-labels text { fill: ${ink} !important; font-weight: 600 }`,
      gantt: { fontSize: 17, sectionFontSize: 17, barHeight: 38, barGap: 10, topPadding: 70, leftPadding: 110, titleTopMargin: 32, axisFormat: '%d %b', useWidth: room.width * 1.05, numberSectionStyles: 4, tickInterval: undefined },
      xyChart: { ...room, titleFontSize: 24, titlePadding: 16, showDataLabel: false, xAxis: { labelFontSize: 17, titleFontSize: 18, labelPadding: 8 }, yAxis: { labelFontSize: 17, titleFontSize: 18, labelPadding: 8 } },
      quadrantChart: { chartWidth: room.width * .9, chartHeight: room.height, titleFontSize: 24, quadrantLabelFontSize: 19, xAxisLabelFontSize: 17, yAxisLabelFontSize: 17, pointLabelFontSize: 17, pointRadius: 7, quadrantInternalBorderStrokeWidth: 1 },
      sankey: { ...room, useMaxWidth: false, linkColor: 'gradient', nodeAlignment: 'justify', showValues: true },
      pie: { textPosition: .62 }, journey: { titleFontFamily: family, titleColor: ink, taskFontFamily: family, taskFontSize: 17, sectionFontSize: 17, width: 160, height: 58, leftMargin: 110, diagramMarginX: 20, actorColours: series.slice(0, 6), sectionFills: soft.slice(0, 6), sectionColours: [ink] },
      timeline: { sectionFills: soft, sectionColours: [ink] }, mindmap: { padding: 18 }, gitGraph: { rotateCommitLabel: false, showCommitLabel: /\bid\s*:/.test(text) },
      themeVariables: {
        darkMode: dark, background: ground, fontFamily: family, fontSize: '18px', primaryColor: fill, primaryTextColor: ink, primaryBorderColor: edge, lineColor: muted, textColor: ink, titleColor: ink,
        secondaryColor: soft[3], tertiaryColor: mix(fill, ground, .55), clusterBkg: mix(fill, ground, .55), clusterBorder: mix(edge, ground, .5), noteBkgColor: soft[2], noteBorderColor: series[2], noteTextColor: ink, edgeLabelBackground: ground,
        actorBkg: fill, actorBorder: edge, actorTextColor: ink, actorLineColor: muted, signalColor: muted, signalTextColor: ink, labelBoxBkgColor: fill, labelBoxBorderColor: edge, labelTextColor: ink, loopTextColor: ink, activationBkgColor: soft[0], activationBorderColor: edge,
        ...numbered('pie#', 12, 1, i => each(series, i)), pieTitleTextSize: '24px', pieTitleTextColor: ink, pieSectionTextSize: '17px', pieSectionTextColor: on(series[0]), pieLegendTextSize: '18px', pieLegendTextColor: ink, pieStrokeColor: ground, pieStrokeWidth: '2px', pieOuterStrokeColor: ground, pieOuterStrokeWidth: '0px', pieOpacity: '1',
        ...numbered('git#', 8, 0, i => each(series, i)), ...numbered('gitBranchLabel#', 8, 0, i => on(each(series, i))), ...numbered('gitInv#', 8, 0, () => ground), commitLabelColor: ink, commitLabelBackground: ground, commitLabelFontSize: '15px', tagLabelFontSize: '15px', tagLabelColor: ink, tagLabelBackground: fill, tagLabelBorder: edge,
        ...numbered('cScale#', 12, 0, i => each(soft, i)), ...numbered('cScaleLabel#', 12, 0, () => ink), ...numbered('cScalePeer#', 12, 0, i => each(series, i)), ...numbered('cScaleInv#', 12, 0, i => each(series, i)),
        ...numbered('fillType#', 8, 0, i => each(soft, i)), sectionBkgColor: mix(fill, ground, .4), altSectionBkgColor: ground, sectionBkgColor2: mix(fill, ground, .4), gridColor: mix(muted, ground, .7), todayLineColor: series[4],
        taskBkgColor: soft[0], taskBorderColor: series[0], taskTextColor: ink, taskTextDarkColor: ink, taskTextLightColor: ink, taskTextOutsideColor: ink, activeTaskBkgColor: soft[2], activeTaskBorderColor: series[2], doneTaskBkgColor: soft[1], doneTaskBorderColor: series[1], critBkgColor: soft[4], critBorderColor: series[4], excludeBkgColor: mix(muted, ground, .85),
        quadrant1Fill: soft[0], quadrant2Fill: soft[1], quadrant3Fill: mix(muted, ground, .88), quadrant4Fill: soft[2], ...numbered('quadrant#TextFill', 4, 1, () => ink), quadrantPointFill: series[0], quadrantPointTextFill: ink, quadrantXAxisTextFill: ink, quadrantYAxisTextFill: ink, quadrantTitleFill: ink, quadrantInternalBorderStrokeFill: ground, quadrantExternalBorderStrokeFill: mix(muted, ground, .5),
        xyChart: { backgroundColor: 'transparent', titleColor: ink, xAxisLabelColor: ink, xAxisTitleColor: ink, xAxisTickColor: muted, xAxisLineColor: muted, yAxisLabelColor: ink, yAxisTitleColor: ink, yAxisTickColor: muted, yAxisLineColor: muted, plotColorPalette: [mix(series[0], ground, .3), ink, ...series.slice(2)].join(',') },
        classText: ink, labelColor: ink, altBackground: mix(fill, ground, .5), stateBkg: fill, stateLabelColor: ink, transitionColor: muted, transitionLabelColor: ink, specialStateColor: muted, innerEndBackground: ground, compositeBackground: mix(fill, ground, .6), attributeBackgroundColorOdd: ground, attributeBackgroundColorEven: mix(fill, ground, .5),
        ...numbered('actor#', 6, 0, i => each(series, i)), rowOdd: ground, rowEven: mix(fill, ground, .5), relationColor: muted, relationLabelColor: ink, relationLabelBackground: ground, faceColor: mix(ground, series[2], .35),
      },
    })
    try {
      let { svg } = await mermaid.render('mermaid', text)
      const flow = /^(\s*(?:flowchart|graph)\s+)(?:LR|RL)\b/m, view = /viewBox="\S+ \S+ (\S+) (\S+)"/.exec(svg)
      if (H > 1.2 * W && flow.test(text) && view && view[1] > 1.3 * view[2]) ({ svg } = await mermaid.render('mermaid', text.replace(flow, '$1TB')))
      // What mermaid refuses it draws as a diagram that says so.
      const letters = s => s.replace(/<[^>]*>/g, '').replace(/\s+/g, '').toLowerCase(), refusal = 'maximumtextsizeindiagramexceeded'
      if (letters(svg).includes(refusal) && !letters(text).includes(refusal)) return wrong(`it has ${text.length} characters, and mermaid draws no more than 50000: split it over several diagrams`)
      if (/aria-roledescription="error"/.test(svg)) return wrong('mermaid cannot read it')
      // Sankey diagrams have colours of their own (d3's Tableau 10), which no setting changes.
      const tableau = ['#4e79a7', '#f28e2c', '#e15759', '#76b7b2', '#59a14f', '#edc949', '#af7aa1', '#ff9da7', '#9c755f', '#bab0ab']
      return picture(/^\s*sankey/m.test(text) ? tableau.reduce((s, c, i) => s.replaceAll(c, each(series, i)), svg) : svg)
    } catch (e) {
      document.body.replaceChildren()
      const m = String(e && e.message || e), at = /line (\d+)/i.exec(m)
      return wrong(m.replace(/:?\s*\n[\s\S]*?(Expecting)/, ': $1'), at && +at[1])
    }
  }
  if (kind === 'dot') {
    const font = { fontname: family.split(',')[0].replaceAll('"', ''), fontcolor: ink }
    try {
      return picture((await (window.vizInstance ??= Viz.instance())).renderString(text, {
        format: 'svg', graphAttributes: { bgcolor: 'transparent', pad: 0.1, color: muted, ...font },
        nodeAttributes: { color: edge, fillcolor: fill, style: 'filled', penwidth: 1.2, ...font }, edgeAttributes: { color: muted, fontsize: 13, ...font },
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
