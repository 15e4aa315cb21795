// models/gru.py: a gated recurrent unit, and a linear layer on its last hidden state.
// PyTorch's matrices hold the gates one below the other: reset, update, new. The reset gate acts on
// what W_h makes of the hidden state, with its bias.
function gru(weights, options, sequence) {
  const size = weights["readout.weight"].length;
  const hidden = new Float64Array(size);
  for (const x of sequence) {
    const read = linear(weights["layer.weight_ih_l0"], weights["layer.bias_ih_l0"], Float64Array.of(x));
    const kept = linear(weights["layer.weight_hh_l0"], weights["layer.bias_hh_l0"], hidden);
    for (let unit = 0; unit < size; unit++) {
      const reset = sigmoid(read[unit] + kept[unit]);
      const update = sigmoid(read[size + unit] + kept[size + unit]);
      const fresh = Math.tanh(read[2 * size + unit] + reset * kept[2 * size + unit]);
      hidden[unit] = (1 - update) * fresh + update * hidden[unit];
    }
  }
  return linear(weights["readout.weight"], weights["readout.bias"], hidden)[0];
}
