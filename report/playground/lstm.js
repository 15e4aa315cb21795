// models/lstm.py: a long short-term memory network, and a linear layer on its last hidden state.
// PyTorch's matrices hold the gates one below the other: input, forget, cell, output.
function lstm(weights, options, sequence) {
  const size = weights["readout.weight"].length;
  const hidden = new Float64Array(size);
  const cell = new Float64Array(size);
  for (const x of sequence) {
    const read = linear(weights["layer.weight_ih_l0"], weights["layer.bias_ih_l0"], Float64Array.of(x));
    const kept = linear(weights["layer.weight_hh_l0"], weights["layer.bias_hh_l0"], hidden);
    for (let unit = 0; unit < size; unit++) {
      const gate = (number) => read[number * size + unit] + kept[number * size + unit];
      cell[unit] = sigmoid(gate(1)) * cell[unit] + sigmoid(gate(0)) * Math.tanh(gate(2));
      hidden[unit] = sigmoid(gate(3)) * Math.tanh(cell[unit]);
    }
  }
  return linear(weights["readout.weight"], weights["readout.bias"], hidden)[0];
}
