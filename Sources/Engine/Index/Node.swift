import Reports

/// One (keyword, cell, bin) and what its reports add up to. Sums and extremes only, so that order does not matter.
struct Node {
  static let none = UInt32.max

  // What every report reads and writes comes first: it lies together.
  let keyword: UInt32
  let bin: Int32
  let cell: CellID
  var reportCount: UInt32 = 0
  /// Distinct witnesses: n(v) of detection.
  var witnessCount: UInt32 = 0
  /// θ(v): the node is core once it has so many witnesses. Frozen when it is made.
  let coreThreshold: UInt32
  /// The cluster's slot: its own for a core node, its least neighbouring core node's for a border node, else `none`.
  var cluster = Node.none
  var isCore = false
  var isDirty = false
  var awaitsScan = false
  /// Whether `nearDuplicateCount` tells of its marks as they are.
  var areNearDuplicatesCounted = false
  /// Marks whose text nearly repeats another's.
  var nearDuplicateCount: UInt32 = 0

  /// Its sources, marks and samples in the evidence pool.
  var sources = Run()
  var marks = Run()
  var samples = Run()

  var latitudeSum: Int64 = 0
  var longitudeSum: Int64 = 0
  var minimumLatitude = Int32.max
  var maximumLatitude = Int32.min
  var minimumLongitude = Int32.max
  var maximumLongitude = Int32.min
  var firstTime = Timestamp(microseconds: .max)
  var lastTime = Timestamp(microseconds: .min)

  /// What of the two counts has been handed over to the roll-ups.
  var drainedReportCount: UInt32 = 0
  var drainedWitnessCount: UInt32 = 0
  /// What of the witnesses has been handed over to the scan.
  var scannedWitnessCount: UInt32 = 0
  /// Mean of the baseline, where the node belongs to a cluster.
  var expected: Float = 0

  /// For a border node, the bin and cell of the core node that it belongs to.
  var coreCell = CellID.nowhere
  var coreBin: Int32 = .max

  /// Links of the lists of a cluster's members, of a bin's nodes and of a keyword's.
  var nextMember = Node.none
  var previousMember = Node.none
  var nextInBin = Node.none
  var nextOfKeyword = Node.none
  var previousOfKeyword = Node.none

  init(keyword: UInt32, cell: CellID, bin: Int32, coreThreshold: UInt32) {
    self.coreThreshold = coreThreshold
    self.keyword = keyword
    self.cell = cell
    self.bin = bin
  }

  /// `expected` in units of 2⁻²⁰.
  var expectedUnits: UInt64 { UInt64(min(Double(expected) * 1_048_576, 1e15)) }

  /// Whether a core node at (bin, cell) comes before the one that this border node belongs to.
  func prefersCore(bin: Int32, cell: CellID) -> Bool {
    bin != coreBin ? bin < coreBin : cell < coreCell
  }

  /// Whether the node comes after another, by bin and cell.
  func isAfter(bin: Int32, cell: CellID) -> Bool { bin != self.bin ? bin < self.bin : cell < self.cell }

  mutating func add(time: Timestamp, latitude: Int32, longitude: Int32) {
    if reportCount < .max { reportCount += 1 }
    firstTime = min(firstTime, time)
    lastTime = max(lastTime, time)
    latitudeSum &+= Int64(latitude)
    longitudeSum &+= Int64(longitude)
    minimumLatitude = min(minimumLatitude, latitude)
    maximumLatitude = max(maximumLatitude, latitude)
    minimumLongitude = min(minimumLongitude, longitude)
    maximumLongitude = max(maximumLongitude, longitude)
  }
}
