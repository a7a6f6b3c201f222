import Configuration
import Platform
import Wire
import ZeroMQ

/// Another configuration while it serves.
extension Intake where Gate == Entrance {
  /// Takes over what may change now, all of it or nothing, and says what was taken, what was not, and why.
  mutating func reload(_ configure: () throws -> Configuration) {
    let new: Configuration
    do {
      new = try configure()
      // Whoever deletes the key means to be reachable without: not while the endpoint may be open to others.
      guard new.security == configuration.security else {
        throw ServiceError("security.secretKeyFile is another; who the aggregator is changes only with a new start")
      }
    } catch {
      Log.write(.error, "the configuration was not read anew, the old one stays in force", ["reason": "\(error)"])
      return
    }
    let result = configuration.reload(new)
    Log.write(.info, "read the configuration anew", ["applied": list(result.applied)])
    if !result.kept.isEmpty {
      Log.write(.warning, "settings that change with the next start only, the old ones stay", ["kept": list(result.kept)])
    }
    keyRing = KeyRing(configuration.producers)
    entrance.authenticator.keys = keyRing.keys
    quotas.update(configuration.producers, at: now.monotonicNanoseconds)
    do {
      try learnKeywords()
    } catch {
      Log.write(.warning, "new keywords are counted from now on only", ["reason": error])
    }
    do {
      shares = try Self.shares(keyRing, pipeline, cursors.keys.map(\.name), identityKey)
    } catch {
      Log.write(.warning, "what each producer has used up of sources is as it was before", ["reason": error])
    }
    dropRevoked()
  }

  private func list(_ paths: [String]) -> String { paths.isEmpty ? "none" : paths.joined(separator: ",") }

  /// Whoever holds a key that is listed no more is cut off: libzmq asked only when the connection was made.
  private mutating func dropRevoked() {
    guard entrance.publicKey != nil else { return }
    var dropped: [String] = []
    for (route, connection) in connections {
      guard let key = connection.key, keyRing[key] == nil else { continue }
      dropped.append(connection.session.identity?.producer ?? key.description)
      if let descriptor = connection.descriptor { entrance.hangUp(descriptor) }
      forget(route)
    }
    guard !dropped.isEmpty else { return }
    Log.write(
      .warning, "dropped sessions whose keys are listed no more",
      ["count": dropped.count, "producers": list(Array(dropped.sorted().prefix(16)))])
  }
}
