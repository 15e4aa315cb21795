// models/attention.py: each element is embedded, with its position. The last one asks with a query,
// every one has a key and a value, and a linear layer answers with the values that fit best.
function attention(weights, options, sequence) {
  const { positions = "learned" } = options;
  const layer = (name, x) => linear(weights[`${name}.weight`], weights[`${name}.bias`], x);
  const elements = Array.from(sequence, (x, place) => {
    const embedded = layer("embedding", [x]);
    if (positions === "none") return embedded;
    const size = embedded.length;
    const vectors = weights["positions.vectors"];
    return embedded.map(
      (value, i) => value + (positions === "learned" ? vectors[place * size + i] : sinusoid(place, i, size)),
    );
  });
  const query = layer("attention.query", elements.at(-1));
  const scores = elements.map((element) => {
    const key = layer("attention.key", element);
    return query.reduce((sum, value, i) => sum + value * key[i], 0) / Math.sqrt(query.length);
  });
  const highest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - highest));
  const total = shares.reduce((sum, share) => sum + share);
  const mixture = query.map((_, i) =>
    elements.reduce((sum, element, place) => sum + (shares[place] / total) * element[i], 0),
  );
  return layer("readout", layer("attention.value", mixture))[0];
}

// A sine or a cosine of the position, at one of the wavelengths from 2π to 10000·2π. Angles are
// rounded to 32 bits, as PyTorch's are.
function sinusoid(place, i, size) {
  const wavelength = Math.fround(10000 ** Math.fround((2 * Math.floor(i / 2)) / size));
  const angle = Math.fround(place / wavelength);
  return i % 2 ? Math.cos(angle) : Math.sin(angle);
}
