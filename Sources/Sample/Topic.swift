/// What people report: a keyword, how common it is, who takes it and what they write.
struct Topic {
  let keyword: String
  /// How often it comes up in the background, beside the others.
  let weight: Int
  /// Whether it goes to the utility and not to the city's 311.
  let isUtility: Bool
  let texts: [String]

  init(_ keyword: String, _ weight: Int, isUtility: Bool = false, _ texts: [String]) {
    self.keyword = keyword
    self.weight = weight
    self.isUtility = isUtility
    self.texts = texts
  }

  static let all = [
    Topic(
      "pothole", 3,
      [
        "Deep pothole in the right lane, cars are swerving around it",
        "Pothole by the bus stop, I nearly came off my bike",
        "The pothole that was filled last month is back",
      ]),
    Topic(
      "illegal dumping", 3,
      [
        "Mattresses left beside the containers",
        "Somebody has tipped building rubble behind the car park",
        "Bags of rubbish dumped at the end of the lane",
      ]),
    Topic(
      "missed collection", 3,
      [
        "Our recycling was not picked up today",
        "The whole street still has its bins out",
        "Garden waste has been missed for the second week",
      ]),
    Topic(
      "graffiti", 3,
      [
        "Fresh graffiti on the underpass wall",
        "The bench in the park has been sprayed",
        "Tags all over the tram shelter",
      ]),
    Topic(
      "noise", 3,
      [
        "Loud music since the afternoon, windows are shaking",
        "Construction noise outside of the permitted hours",
        "Car alarm has been going for an hour",
      ]),
    Topic(
      "abandoned vehicle", 2,
      [
        "Grey van without plates has not moved for weeks",
        "Burnt-out scooter lying on the verge",
        "Car with four flat tyres in the loading bay",
      ]),
    Topic(
      "illegal parking", 3,
      [
        "Lorry parked across the cycle lane",
        "Two cars on the pavement, no way past with a pram",
        "Somebody is parked on the crossing again",
      ]),
    Topic(
      "blocked driveway", 3,
      [
        "I cannot get out, a car stands in front of the gate",
        "Delivery van is blocking our driveway",
        "Skip placed right across the entrance",
      ]),
    Topic(
      "streetlight out", 3,
      [
        "Three street lamps in a row are dark",
        "The light by the school crossing flickers and goes off",
        "Street lamp out on the corner since Sunday",
      ]),
    Topic(
      "traffic signal", 2,
      [
        "The lights at the junction are stuck on red",
        "Pedestrian signal does not react to the button",
        "Traffic light is turned the wrong way after the wind",
      ]),
    Topic(
      "broken sidewalk", 2,
      [
        "Loose paving stones, an old lady fell here",
        "Tree roots have lifted the pavement",
        "Kerb broken off at the ramp",
      ]),
    Topic(
      "rat sighting", 2,
      [
        "Rats by the bins behind the market",
        "Saw two rats in the playground at dusk",
        "Rat holes along the embankment",
      ]),
    Topic(
      "overgrown vegetation", 2,
      [
        "Hedge covers half of the footpath",
        "Branches hide the stop sign",
        "Weeds as high as the fence on the empty lot",
      ]),
    Topic(
      "dead animal", 2,
      [
        "Dead gull on the promenade",
        "A fox was run over, it lies by the kerb",
        "Dead cat near the roundabout",
      ]),
    Topic(
      "damaged sign", 2,
      [
        "Street sign is bent over to the ground",
        "The one-way sign has gone",
        "Stop sign knocked down by a lorry",
      ]),
    Topic(
      "low water pressure", 2, isUtility: true,
      [
        "Hardly any pressure on the third floor",
        "Shower only drips since this morning",
        "Water pressure keeps dropping in the evening",
      ]),
    Topic(
      "sewer odor", 2, isUtility: true,
      [
        "Smell of sewage from the drain",
        "The gully stinks whenever it is warm",
        "Sewer smell in the cellar",
      ]),
    Topic(
      "water main break", 1, isUtility: true,
      [
        "Water is coming up through the road",
        "No water at all, and the street is a stream",
        "Big leak at the crossing, the asphalt is lifting",
        "Brown water from the tap, then nothing",
      ]),
    Topic(
      "gas smell", 1, isUtility: true,
      [
        "Strong smell of gas in the stairwell",
        "It smells of gas all along the street",
        "Smell of gas near the substation, a bit dizzy",
      ]),
    Topic(
      "power outage", 1, isUtility: true,
      [
        "The whole block is dark",
        "Power went out with a bang, no lights anywhere",
        "No electricity, the lift is stuck between floors",
        "Power out, and the shop fridges are off",
      ]),
    Topic(
      "street flooding", 1,
      [
        "Water up to the door sills",
        "The underpass is flooded, a car is stuck in it",
        "Drains are overflowing and the street is under water",
      ]),
    Topic(
      "fallen tree", 1,
      [
        "A tree has come down across the road",
        "Large branch fell on two parked cars",
        "Tree leaning on the power line after the gust",
      ]),
  ]
}
