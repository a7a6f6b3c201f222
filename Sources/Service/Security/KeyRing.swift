import Configuration
import Decode
import ZeroMQ

/// Who holds which key, and what each may do.
struct KeyRing: Sendable {
  /// One who may send.
  struct Member: Sendable {
    var name: String
    var scope: SourceScope
    var quotas: Configuration.Quotas

    /// Whether it may say HELLO under a name: its own, or its own, a slash and more.
    func owns(_ producer: String) -> Bool {
      producer == name || producer.hasPrefix(name + "/")
    }
  }

  private let members: [CurveKey: Member]
  private let names: Set<String>

  init(_ producers: [Configuration.Producer]) {
    var members: [CurveKey: Member] = [:]
    for producer in producers {
      let member = Member(
        name: producer.name, scope: SourceScope(prefixes: producer.sourcePrefixes.map { Array($0.utf8) }), quotas: producer.quotas
      )
      for key in producer.publicKeys.compactMap({ CurveKey($0) }) { members[key] = member }
    }
    self.members = members
    names = Set(producers.map(\.name))
  }

  /// Each who holds a key, once.
  var distinctMembers: [Member] { Dictionary(members.values.map { ($0.name, $0) }) { $1 }.values.sorted { $0.name < $1.name } }

  /// The name of whoever a producer belongs to; nil where it is nobody listed.
  func owner(of producer: [UInt8]) -> String? {
    var name = String(decoding: producer, as: UTF8.self)[...]
    while true {
      if names.contains(String(name)) { return String(name) }
      guard let slash = name.lastIndex(of: "/") else { return nil }
      name = name[..<slash]
    }
  }

  var keys: Set<CurveKey> { Set(members.keys) }

  /// Who holds a key; nil where nobody does (any more).
  subscript(key: CurveKey) -> Member? { members[key] }
}
