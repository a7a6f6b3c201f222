import TestSupport
import Testing

@testable import Engine

/// Arrays in memory of their own, held against arrays as any.
@Suite struct MappedArrayTests {
  private static func same(_ mapped: borrowing MappedArray<UInt64>, _ array: [UInt64]) -> Bool {
    guard mapped.count == array.count else { return false }
    for index in array.indices where mapped[index] != array[index] { return false }
    return true
  }

  @Test func itHoldsWhatAnArrayHolds() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    var mapped = MappedArray<UInt64>()
    var array: [UInt64] = []
    for step in 0..<2_000 {
      switch random.next() % 8 {
      case 0:
        let count = Int(random.next() % 3_000)
        mapped.appendZeros(count)
        array += Array(repeating: 0, count: count)
      case 1:
        let (element, count) = (random.next(), Int(random.next() % 3_000))
        mapped.append(repeating: element, count: count)
        array += Array(repeating: element, count: count)
      case 2 where step % 32 == 0:
        let count = array.count - Int(random.next() % UInt64(array.count / 8 + 1))
        mapped.shorten(to: count)
        array.removeLast(array.count - count)
      case 3 where !array.isEmpty:
        let index = Int(random.next() % UInt64(array.count))
        mapped[index] &+= 1
        array[index] &+= 1
      default:
        let element = random.next()
        mapped.append(element)
        array.append(element)
      }
      let isSame = step % 250 != 0 || Self.same(mapped, array)
      #expect(isSame, "step \(step) of seed \(seed)")
    }
    #expect(array.count > 1 << 18, "it has grown past a huge page")
    let isSame = Self.same(mapped, array)
    #expect(isSame, "seed \(seed)")
  }

  /// What was given back comes as zeros again, in the middle of a page and beyond it.
  @Test func whatWasGivenBackIsZeros() {
    var mapped = MappedArray<UInt64>()
    mapped.append(repeating: 7, count: 1 << 20)
    mapped.shorten(to: 1_000)
    mapped.appendZeros((1 << 20) - 1_000)
    var sum: UInt64 = 0
    for index in mapped.indices { sum &+= mapped[index] }
    #expect(sum == 7_000)
  }

  private struct Odd: Plain {
    var words = SIMD2<UInt32>()
    var word: UInt64 = 0
    var last: UInt64 = 0
  }

  /// Elements of 24 bytes fill no page: none is lost where it grows.
  @Test func elementsThatFillNoPageAreKept() {
    var mapped = MappedArray<Odd>()
    for number in 0..<200_000 as Range<UInt64> { mapped.append(Odd(word: number, last: ~number)) }
    var different = 0
    for number in mapped.indices where mapped[number].word != UInt64(number) || mapped[number].last != ~UInt64(number) {
      different += 1
    }
    #expect(mapped.count == 200_000 && different == 0)
    mapped.shorten(to: 70_000)
    mapped.appendZeros(130_000)
    #expect(mapped[69_999].word == 69_999 && mapped[70_000].last == 0 && mapped[199_999].last == 0)
  }

  /// A line is a cache line, and a table of many lies at the beginning of a huge page: else its pages could not be moved whole.
  @Test func theFirstElementStandsWhereItsPagesBegin() {
    var lines = MappedArray<CacheLine>(zeros: 3)
    let small = unsafe UInt(bitPattern: lines.first)
    #expect(small % 4_096 == 0)
    lines.appendZeros(1 << 16)
    let large = unsafe UInt(bitPattern: lines.first)
    #expect(large % (2 << 20) == 0)
  }

  @Test func whoTakesOutOfAnArrayThatIsNotThereIsStopped() async {
    await #expect(processExitsWith: .failure) {
      let mapped = MappedArray<UInt64>(zeros: 3)
      _ = mapped[3]
    }
    await #expect(processExitsWith: .failure) {
      let mapped = MappedArray<UInt64>(zeros: 3)
      _ = mapped[-1]
    }
  }
}
