/// The names that a service gives to its features: each may stand for one thing only.
struct ServiceNames {
    private typealias Use = (feature: SelectedFeature, span: SourceSpan)

    private let service: String
    private var uses: [Use] = []
    /// Indices into `uses`, by the features' own names and by their columns', short and full.
    private var byName: [String: Int] = [:]
    private var byColumn: [String: Int] = [:]
    private var byFullColumn: [String: Int] = [:]
    private var viewAliases: [String: (view: String, keys: JoinKeyMap, span: SourceSpan)] = [:]

    init(service: String) {
        self.service = service
    }

    /// Whether an entry's name for its view is free; reports when it is not. All features of an entry are of one view.
    mutating func claim(
        _ alias: ScalarText, for feature: SelectedFeature, features: FeatureTable, in what: String,
        into sink: inout DiagnosticSink
    ) -> Bool {
        let reference = feature.reference
        if features.features(of: alias.text) != nil {
            sink.report(.aliasOfExistingView(alias.text, at: alias.span))
            return false
        }
        if let first = viewAliases[alias.text] {
            guard first.view != reference.view || first.keys != reference.keys else { return true }
            sink.report(.aliasOfTwoViews(alias.text, in: what, at: alias.span, first: first.span))
            return false
        }
        viewAliases[alias.text] = (reference.view, reference.keys, alias.span)
        return true
    }

    /// Whether the feature's name is its own; reports when it is not.
    mutating func add(
        _ feature: SelectedFeature, at span: SourceSpan, in what: String, into sink: inout DiagnosticSink
    ) -> Bool {
        if let first = byName[feature.description].map({ uses[$0] }) {
            if first.feature == feature {
                sink.report(.duplicateItem(feature.description, in: what, at: span, first: first.span))
            } else {
                sink.report(.outputClash(feature.description, service: service, at: span, first: first.span))
            }
            return false
        }
        // Two features without aliases may share a short name: full names tell them apart.
        let (short, full) = (feature.columnName(isFull: false), feature.columnName(isFull: true))
        for (column, index) in [(short, byColumn[short]), (full, byFullColumn[full])] {
            guard let first = index.map({ uses[$0] }), feature.alias != nil || first.feature.alias != nil else { continue }
            sink.report(.outputClash(column, service: service, at: span, first: first.span))
            return false
        }
        byName[feature.description] = uses.count
        byColumn[short] = byColumn[short] ?? uses.count
        byFullColumn[full] = uses.count
        uses.append((feature, span))
        return true
    }

    /// Refuses names of the service's own that the caller's columns have.
    func refuseInputs(_ isInput: (String) -> Bool, into sink: inout DiagnosticSink) {
        for (feature, span) in uses where feature.alias != nil {
            let column = feature.columnName(isFull: false)
            if isInput(column) { sink.report(.outputClash(column, service: service, at: span, first: nil)) }
        }
    }
}
