import JSON
package import Platform

/// Reads the two inputs of a comparison.
package enum ComparisonInput {
  /// Why an input cannot be compared: where and what was expected.
  package enum Fault: Error, CustomStringConvertible {
    case system(SystemError)
    case truth(path: String, reason: String)
    case cluster(line: Int, reason: String)

    package var description: String {
      switch self {
      case .system(let error): error.description
      case .truth(let path, let reason): "\(path): \(reason); expected what tocsin-sample generate --truth writes"
      case .cluster(let line, let reason):
        "standard input, line \(line): \(reason); expected what tocsin list --format ndjson writes"
      }
    }
  }

  private static let byteLimit = 1 << 20

  /// The incidents of a truth file.
  package static func incidents(path: String) throws(Fault) -> [Incident] {
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try File(path, .read).readAll(limit: byteLimit) } catch { throw .system(error) }
    let truth: JSONValue
    do throws(JSONError) { truth = try JSONValue(parsing: bytes, byteLimit: byteLimit) } catch {
      throw .truth(path: path, reason: error.description)
    }
    guard let incidents = Incident.decode(truth), !incidents.isEmpty else {
      throw .truth(path: path, reason: "no incidents, or a member of one is missing or wrong")
    }
    return incidents
  }

  /// The clusters of an NDJSON file; `-` is standard input. Empty lines are passed over.
  package static func clusters(path: String) throws(Fault) -> [FoundCluster] {
    var clusters: [FoundCluster] = []
    var lines: [[UInt8]] = []
    do throws(SystemError) {
      var reader = try LineReader(path: path, limit: byteLimit)
      while try reader.next() { lines.append(reader.line) }
    } catch { throw .system(error) }
    for (index, line) in lines.enumerated() where !line.isEmpty {
      clusters.append(try cluster(line, number: index + 1))
    }
    return clusters
  }

  private static func cluster(_ line: [UInt8], number: Int) throws(Fault) -> FoundCluster {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: line, byteLimit: byteLimit) } catch {
      throw .cluster(line: number, reason: error.description)
    }
    guard let cluster = FoundCluster(value) else { throw .cluster(line: number, reason: "a member is missing or wrong") }
    return cluster
  }
}
