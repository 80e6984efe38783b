import FeatureDefs

/// `GET /services`: every feature service, and what a request to it has to send.
struct ServicesCatalogue: Encodable {
    let project: String
    let services: [InventoryService]

    init(_ inventory: Inventory) {
        project = inventory.project
        services = inventory.services
    }
}
