import Journal
import Platform
import Reports
import TestSupport
import Testing
import TocsinProducer
import Wire

/// What an outbox and its disk have room for.
extension OutboxTests {
  @Test func aFullOutboxTakesNothingAndItsFrontMakesRoom() throws {
    let storage = FaultyStorage()
    let outbox = try open(storage)
    let event = [UInt8](repeating: 65, count: 999) + [10]
    var taken: UInt64 = 0
    for _ in 0..<10 {
      while true {
        do {
          taken = try outbox.append(event, count: 1)
        } catch {
          #expect(error == .full(limitByteCount: 1 << 20))
          break
        }
      }
      #expect(storage.byteCount <= 1 << 20 + 12_288 && outbox.byteCount <= 1 << 20)
      #expect(taken - outbox.acknowledgedThrough > 900)
      // Everything is acknowledged: all segments but the last go.
      let end = outbox.written().position
      try outbox.acknowledge(through: taken, position: end)
      #expect(outbox.byteCount < 1 << 18)
    }
    #expect(taken > 8_000)
    let again = try open(storage)
    #expect(again.lastNumber == taken && again.notices == [])
    #expect(throws: OutboxError.full(limitByteCount: 1 << 20)) {
      _ = try again.append([UInt8](repeating: 65, count: 1 << 18), count: 1)
    }
  }

  @Test func everyCapacityOfTheDiskIsSurvived() throws {
    let whole = FaultyStorage()
    let outbox = try open(whole)
    for first in stride(from: 1, through: 30, by: 3) { try publish(first...first + 2, to: outbox) }
    for capacity in stride(from: 4_288 + 40, through: whole.byteCount, by: 7) {
      let storage = FaultyStorage()
      storage.faults.shortWrites = SeededGenerator(seed: UInt64(capacity))
      storage.faults.capacity = capacity
      let outbox = try open(storage)
      // The room of the reserve is taken, where there was room for it.
      let room = capacity + (storage.allNames.contains("reserve") ? 0 : 4_096)
      var refusals = 0
      for first in stride(from: 1, through: 30, by: 3) {
        do throws(OutboxError) {
          try publish(first...first + 2, to: outbox)
        } catch {
          guard case .diskFull = error else { throw error }
          refusals += 1
          // Nothing was taken, and nothing is half there.
          #expect(outbox.lastNumber == UInt64(first - 1))
          #expect(try heldEvents(open(storage.restart())).count == first - 1)
          storage.faults.capacity = .max
          try publish(first...first + 2, to: outbox)
        }
      }
      #expect(refusals == (room < whole.byteCount ? 1 : 0), "\(capacity) bytes")
      #expect(try heldEvents(open(storage.restart())) == expected(1...30), "\(capacity) bytes")
    }
  }

  /// Publishes small batches until the disk is full; the last number that was taken.
  private func fill(_ outbox: Outbox, from first: Int) throws -> Int {
    var next = first
    while true {
      do throws(OutboxError) {
        try publish(next...next + 2, to: outbox)
        next += 3
      } catch {
        guard case .diskFull = error else { throw error }
        return next - 1
      }
    }
  }

  /// What was acknowledged took up the disk for ever: its segment could go only after another was begun, for which there was no room.
  @Test func onAFullDiskTheRoomOfWhatIsAcknowledgedIsUsedAgain() throws {
    let storage = FaultyStorage()
    let outbox = try open(storage)
    storage.faults.capacity = storage.byteCount + 20_000
    var last = 0
    for round in 0..<5 {
      let before = last
      last = try fill(outbox, from: last + 1)
      #expect(last > before + 300, "round \(round)")
      // Not acknowledged, not let go of.
      #expect(try heldEvents(open(storage.restart())) == expected(before + 1...last))
      try outbox.synchronize()
      try outbox.acknowledge(through: UInt64(last), position: outbox.written().position)
    }
    #expect(storage.allNames.filter { $0.hasSuffix(".segment") }.count == 1)
    storage.faults.capacity = .max
    let again = try open(storage.restart())
    #expect(again.notices == [] && again.lastNumber == UInt64(last) && again.acknowledgedThrough == UInt64(last))
  }

  /// Power that goes between any two steps of that: nothing that is not acknowledged is lost, and no number is given twice.
  @Test func aLossOfPowerWhileRoomIsMadeIsSurvived() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("outbox power seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for operation in 0..<60 {
      let storage = FaultyStorage()
      let outbox = try open(storage)
      storage.faults.capacity = storage.byteCount + 3_000
      let last = try fill(outbox, from: 1)
      try outbox.prepare(sendingThrough: UInt64(last))
      try outbox.acknowledge(through: UInt64(last), position: outbox.written().position)
      storage.faults.remainingOperations = operation
      var taken = last
      do { try publish(last + 1...last + 3, to: outbox); try outbox.synchronize(); taken = last + 3 } catch {}
      let after = storage.crash(&random)
      let again = try open(after)
      let number = Int(again.lastNumber)
      #expect(number >= taken && number <= last + 3, "seed \(seed), operation \(operation): \(number)")
      let held = try heldEvents(again)
      #expect(held.keys.allSatisfy { $0 > again.acknowledgedThrough })
      for expectedNumber in stride(from: last + 1, through: number, by: 1) {
        #expect(held[UInt64(expectedNumber)] == "event \(expectedNumber)", "seed \(seed), operation \(operation)")
      }
    }
  }
}
