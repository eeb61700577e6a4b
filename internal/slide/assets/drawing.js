async address => {
  const image = document.images[0] ?? new Image()
  if (!image.src) image.src = address
  try { await image.decode() } catch { return { width: 0, height: 0 } }
  return { width: image.naturalWidth, height: image.naturalHeight }
}
