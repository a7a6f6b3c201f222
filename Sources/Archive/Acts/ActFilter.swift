/// How what analysts did bears on a list of incidents.
package struct ActFilter {
  /// Also what a silence hides.
  package var includesSilenced = false
  package var isUnacknowledgedOnly = false
  /// Only what is assigned to somebody.
  package var assignee: String?
  /// Whether a keyword holds words in another form, beside holding them as they are.
  package var isFurther: (_ words: [String], _ keyword: String) -> Bool = { _, _ in false }

  package init() {}

  /// Whether it asks what was done to an incident itself.
  var isAboutHandling: Bool { isUnacknowledgedOnly || assignee != nil }
}
