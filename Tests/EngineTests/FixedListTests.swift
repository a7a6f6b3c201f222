import Testing

@testable import Engine

/// Lists whose length is settled, of what may be one that is not copied.
@Suite struct FixedListTests {
  private final class Witness: Sendable {
    private let count: Counter
    init(_ count: Counter) { self.count = count }
    deinit { count.value += 1 }
  }
  private final class Counter: @unchecked Sendable { var value = 0 }

  @Test func aListLetsGoOfWhatItHolds() {
    let counter = Counter()
    do {
      var list = FixedList(count: 3) { _ in Witness(counter) }
      list[1] = Witness(counter)
      #expect(counter.value == 1)
    }
    #expect(counter.value == 4)
  }

  @Test func whoAsksForWhatIsNotThereIsStopped() async {
    await #expect(processExitsWith: .failure) {
      let list = FixedList(count: 2) { $0 }
      _ = list[2]
    }
    await #expect(processExitsWith: .failure) {
      let list = FixedList(count: 2) { $0 }
      _ = list[-1]
    }
  }
}
