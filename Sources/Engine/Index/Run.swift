/// Where a short run of elements stands in a `Slab`, and how many they are.
struct Run: Equatable {
  var start: UInt32 = 0
  var count: UInt32 = 0
}
