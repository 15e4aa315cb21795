// What the cells share: the layers and functions of PyTorch that they are made of.

// A linear layer, weight · x + bias. The matrix is one flat array, row by row; the bias may be left
// out.
function linear(weight, bias, x) {
  const y = new Float64Array(weight.length / x.length);
  for (let row = 0, i = 0; row < y.length; row++) {
    let sum = bias ? bias[row] : 0;
    for (let column = 0; column < x.length; column++) sum += weight[i++] * x[column];
    y[row] = sum;
  }
  return y;
}

function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}
