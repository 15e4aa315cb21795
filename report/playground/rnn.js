// models/rnn.py: h = tanh(W_x x + b_x + W_h h + b_h), and a linear layer on the last h.
function rnn(weights, options, sequence) {
  const size = weights["readout.weight"].length;
  let h = new Float64Array(size);
  for (const x of sequence) {
    const read = linear(weights["layer.weight_ih_l0"], weights["layer.bias_ih_l0"], Float64Array.of(x));
    const kept = linear(weights["layer.weight_hh_l0"], weights["layer.bias_hh_l0"], h);
    h = h.map((_, unit) => Math.tanh(read[unit] + kept[unit]));
  }
  return linear(weights["readout.weight"], weights["readout.bias"], h)[0];
}
