/// The nodes of one time bin, and the pairs that make their witnesses and sources distinct. It goes as a whole.
struct Bin {
  var firstNode = Node.none
  var pairs = PairSet()
}
