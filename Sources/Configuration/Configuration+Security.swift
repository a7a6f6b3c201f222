extension Configuration {
  /// How the aggregator proves who it is, and asks who the others are.
  package struct Security: Equatable, Sendable {
    /// The file of the aggregator's secret key; nil: nobody is asked, and only this machine may connect.
    package var secretKeyFile: String?
  }

  /// Somebody who may send, as one `[[producer]]` of the file says it.
  package struct Producer: Equatable, Sendable {
    /// What its HELLOs call it: this, or this and a slash and more.
    package var name: String
    /// 40 characters of Z85 each; more than one while keys are changed.
    package var publicKeys: [String]
    /// How the sources begin that it may report of.
    package var sourcePrefixes: [String]
    package var quotas = Quotas()

    package init(name: String, publicKeys: [String], sourcePrefixes: [String]) {
      self.name = name
      self.publicKeys = publicKeys
      self.sourcePrefixes = sourcePrefixes
    }
  }

  /// How much one producer may send, in the long run; nil for as much as it wants.
  package struct Quotas: Equatable, Sendable {
    package var eventsPerSecond: Int?
    package var kibibytesPerSecond: Int?
    package var newKeywordsPerHour: Int?

    package init() {}
  }
}
