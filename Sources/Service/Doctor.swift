import Archive
import Engine
import Journal
import Platform

/// Looks a store over without changing it, and repairs its journal when told to.
package enum Doctor {
  package struct Finding: Sendable {
    package enum Level: String, Sendable { case good, warning, bad }
    package var level: Level
    package var subject: String
    package var says: String
  }

  /// Everything that can be told of a store, in a fixed order.
  package static func examine(directory: String) -> [Finding] {
    let layout = StoreLayout(directory: directory)
    guard FileSystem.exists(directory) else {
      return [Finding(level: .bad, subject: "store", says: "\(directory): no such folder; `tocsin serve` or `replay` makes one")]
    }
    var findings = [libraries, owner(layout), space(layout)]
    guard FileSystem.exists(layout.identity) else {
      let says = "\(layout.identity) is missing: this folder holds no store yet, or has lost its secrets"
      return findings + [Finding(level: .bad, subject: "identity", says: says)]
    }
    do {
      let identity = try StoreIdentity(layout: layout)
      findings.append(Finding(level: .good, subject: "identity", says: "store \(identity.journalID)"))
      let (position, summaries) = summaries(layout)
      let storage = FileStorage(path: layout.journal)
      let scan = try Journal.check(storage, store: identity.journalID, syncedPosition: position)
      if let missing = JournalMark.missing(before: scan, in: storage) {
        findings.append(Finding(level: .bad, subject: "journal", says: "\(missing); restore it from a backup"))
      }
      findings += journal(scan)
      findings.append(summaries)
      findings += snapshots(layout, identity)
      findings.append(refusals(layout))
    } catch {
      findings.append(Finding(level: .bad, subject: "journal", says: "\(error)"))
    }
    return findings
  }

  /// What text becomes, and so which keywords there are, depends on the Unicode library's version.
  private static var libraries: Finding {
    let versions = Libraries.versions.map { "\($0.name) \($0.version)" }
    return Finding(level: .good, subject: "libraries", says: versions.joined(separator: ", "))
  }

  private static func owner(_ layout: StoreLayout) -> Finding {
    guard FileSystem.exists(layout.directory + "/lock") else {
      return Finding(level: .good, subject: "lock", says: "nobody has ever written this store")
    }
    do {
      _ = try FileLock(directory: layout.directory)
      return Finding(level: .good, subject: "lock", says: "nobody writes this store now")
    } catch FileLockError.held(_, let holder) {
      return Finding(level: .good, subject: "lock", says: "process \(holder.map(String.init) ?? "?") writes this store")
    } catch {
      return Finding(level: .warning, subject: "lock", says: "\(error)")
    }
  }

  private static func space(_ layout: StoreLayout) -> Finding {
    do {
      let mebibytes = try FileSystem.freeByteCount(at: layout.directory) >> 20
      return Finding(level: mebibytes < 512 ? .warning : .good, subject: "disk", says: "\(mebibytes) MiB free")
    } catch {
      return Finding(level: .warning, subject: "disk", says: "\(error)")
    }
  }

  private static func journal(_ scan: JournalScan) -> [Finding] {
    var findings = scan.damages.map { Finding(level: .bad, subject: "journal", says: "\($0)") }
    if let tail = scan.tornTail {
      findings.append(Finding(level: .warning, subject: "journal", says: "\(tail); the next start cuts them off"))
    }
    guard scan.damages.isEmpty else {
      let says = "`tocsin journal export` writes what is whole, behind the damage too, before --repair sets that aside"
      return findings + [Finding(level: .warning, subject: "journal", says: says)]
    }
    let says = "\(scan.recordCount) batches in \(scan.segments.count) segments, to position \(scan.end)"
    findings.append(Finding(level: .good, subject: "journal", says: says))
    return findings
  }

  /// What a restart would begin with. None of it is needed while the journal is whole from its beginning.
  private static func snapshots(_ layout: StoreLayout, _ identity: StoreIdentity) -> [Finding] {
    guard FileSystem.exists(layout.snapshots), let meta = try? ArchiveReader(folder: layout.directory).meta() else { return [] }
    let folder = SnapshotFolder(
      storage: FileStorage(path: layout.snapshots), store: identity.journalID, fingerprint: meta.settingsFingerprint)
    do {
      return try folder.positions().map { position in
        do {
          let header = try folder.verify(position)
          let says = "whole at position \(position), \(header.stateByteCount >> 10) KiB"
          return Finding(level: .good, subject: "snapshot", says: says)
        } catch { return Finding(level: .warning, subject: "snapshot", says: "\(error); the next start passes it over") }
      }
    } catch { return [Finding(level: .warning, subject: "snapshot", says: "\(error)")] }
  }

  /// What never became an event: no fault of the store, and where somebody looks who cannot connect.
  private static func refusals(_ layout: StoreLayout) -> Finding {
    let entries: [RefusalLedger.Entry]
    do throws(ServiceError) {
      entries = try RefusalLedger(path: layout.refusals).entries.values.sorted { $0.code < $1.code }
    } catch { return Finding(level: .warning, subject: "refused", says: error.description) }
    guard let last = entries.max(by: { $0.lastAt < $1.lastAt }) else {
      return Finding(level: .good, subject: "refused", says: "nothing")
    }
    let counts = entries.map { "\($0.count) \($0.code)" }.joined(separator: ", ")
    return Finding(
      level: .good, subject: "refused", says: "\(counts); last \(last.code) at \(last.lastAt) (`tocsin sources --refused`)")
  }

  /// What the summaries say of themselves, and how far they know the journal to have been on the disk.
  private static func summaries(_ layout: StoreLayout) -> (UInt64, Finding) {
    guard FileSystem.exists(layout.summaries) else {
      return (0, Finding(level: .warning, subject: "summaries", says: "not made yet; the next start makes them from the journal"))
    }
    do {
      let meta = try ArchiveReader(folder: layout.directory).meta()
      let watermark = meta.watermark.map { ", watermark \($0)" } ?? ""
      return (meta.position, Finding(level: .good, subject: "summaries", says: "to position \(meta.position)\(watermark)"))
    } catch {
      return (0, Finding(level: .bad, subject: "summaries", says: "\(error)"))
    }
  }

  /// Sets aside what cannot be read of the journal, and lets the next start make the summaries anew from what is left.
  ///
  /// - Returns: The files that it made, each with its size; nil where nothing was damaged.
  package static func repair(directory: String) throws(ServiceError) -> [String]? {
    let layout = StoreLayout(directory: directory)
    guard FileSystem.exists(layout.identity) else {
      throw ServiceError("\(layout.identity) is missing; restore it from a backup: without it the journal cannot be read")
    }
    return try ServiceError.wrapping {
      let lock = try FileLock(directory: directory)
      defer { _ = lock }
      let identity = try StoreIdentity(layout: layout)
      let storage = FileStorage(path: layout.journal)
      var archive = try ArchiveWriter(
        folder: directory, storeID: identity.journalID.description, settingsFingerprint: "")
      let scan = try Journal.check(storage, store: identity.journalID, syncedPosition: archive.position)
      // What is missing at the front is missing for good then.
      if JournalMark.missing(before: scan, in: storage) != nil, let start = scan.segments.first?.start {
        try JournalMark.beginning.note(start, in: storage)
      }
      guard !scan.damages.isEmpty else { return nil }
      let setAside = try JournalRecovery.repair(storage, store: identity.journalID, syncedPosition: archive.position)
      // Positions will be given out again: what was derived from the old ones must not stand beside them.
      let end = try Journal.check(storage, store: identity.journalID).end
      if FileSystem.exists(layout.snapshots) {
        try SnapshotFolder(storage: FileStorage(path: layout.snapshots), store: identity.journalID, fingerprint: "")
          .remove(after: end)
      }
      if archive.position > end { try archive.rebuild(settingsFingerprint: "") }
      return setAside.map { "\(layout.journal)/\($0.name) (\($0.byteCount) bytes)" }
    }
  }
}
