/// The simulation study: stated against measured, and how soon, against methods from the literature.
package struct Study: Sendable {
  package let settings: StudySettings

  package init(_ settings: StudySettings) { self.settings = settings }
}
