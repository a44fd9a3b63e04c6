"""Names, places and sentences of the demonstration shop: enough of them that no two databases' pages look alike."""

FIRST = """Amélie Björn Carla Dmitri Elena Farid Greta Hugo Ingrid Jamal Katarzyna Liam Mei Nadia Oscar Priya Quentin
Rosa Sven Tomoko Umar Valentina Wanda Xavier Yara Zoë Anton Beatriz Chidi Daphne Emil Fatima Goran Hana Ivo Jana Kofi
Lucía Marek Noor Olga Pavel Ruth Samir Tilda Ulla Viktor Wilma Yusuf Zita""".split()

LAST = """Almeida Bergström Costa Dubois Eriksen Fontaine García Hoffmann Ivanova Jensen Kowalski Lindqvist Moreau
Nakamura Okafor Petrov Quiroga Rossi Schneider Tanaka Ustinov Virtanen Weber Xu Yılmaz Zimmermann Andersson Bianchi
Černý Dahl Esposito Fischer Girard Haddad Ibrahim Jovanović Keller Laurent Mensah Novák O'Brien Papadakis Ritter
Silva Theodorou Vogel Walsh Young Ziegler""".split()

CITIES = """Aarhus Antwerp Basel Bergen Bilbao Bologna Bordeaux Bremen Brno Cork Dresden Ghent Girona Gothenburg Graz
Innsbruck Kraków Leeds Leipzig Lille Linz Ljubljana Lyon Malmö Nantes Odense Olomouc Porto Riga Rouen Salzburg Seville
Tampere Tartu Trieste Turku Utrecht Vilnius Wrocław Zürich""".split()

STREETS = """Harbour Mill Station Church Garden Castle Bridge River Linden Market School Chapel Orchard Tower Abbey
Meadow Quarry Lantern Weaver Potter""".split()

DOMAINS = "post.example mail.example inbox.example letterbox.example freemail.example".split()

MATERIALS = "copper steel enamel glass cast-iron porcelain stoneware brass bamboo linen oak clay".split()
THINGS = ["kettle", "teapot", "tea strainer", "cup", "saucer", "milk jug", "sugar bowl", "tray", "infuser",
          "thermometer", "scale", "tea tin", "whisk", "tea cosy", "spoon", "glass", "mug", "pitcher"]
ADJECTIVES = "small large tall flat round heavy light polished brushed hand-made folding double-walled".split()

SUBJECTS = ["Where is my order?", "Lid does not fit", "Wrong colour", "Invoice with VAT number, please",
            "Arrived broken", "Change of address", "Can I still add a cup?", "Return", "How do I descale it?",
            "Gift wrapping", "Charged twice", "Whistle stopped whistling", "Missing saucer", "Thank you!"]

# Each slot in braces is filled from SLOTS; a pool of finished sentences is drawn once and used for every message.
TEMPLATES = [
    "the {adjective} {thing} that I {ordered} {when} {arrived} {state}",
    "{could} you tell me {whether} the {material} {thing} {fits} the {adjective} {other}?",
    "I {paid} {amount} euros {when}, but the invoice says {amount2}",
    "my {relative} in {city} {says} that the {thing} {state2} after {number} weeks",
    "we {sent} a {material} {thing} to you {when}, parcel number {parcel}",
    "please {change} the address to {street} Street {number}, {city}",
    "the {other} {fits} neither the {thing} nor the {adjective} one that we {ordered} {when}",
    "according to the {carrier} the parcel {parcel} {waits} in {city} since {day}",
    "is the {adjective} {material} {thing} {available} again before {day}?",
    "thank you for the quick answer {when}, the {thing} {works} again",
    "I have {refunded} {amount} euros to your account, it {takes} {number} days",
    "our {colleague} {checked} parcel {parcel} and {found} a scratch on the {material} {thing}",
    "for the {thing} we {suggest} a spoon of {remedy} and {number} minutes of patience",
    "order {parcel} {left} our house in {city} on {day} at {hour} o'clock",
]

SLOTS = {
    "adjective": ADJECTIVES, "thing": THINGS, "other": THINGS, "material": MATERIALS, "city": CITIES, "street": STREETS,
    "ordered": ["ordered", "bought", "was given", "chose", "asked for"],
    "when": ["yesterday", "last week", "on Monday", "on Friday", "in March", "before Easter", "a month ago",
             "at Christmas", "two days ago", "in the summer sale"],
    "arrived": ["arrived", "came", "was delivered", "turned up", "reached me"],
    "state": ["broken", "without its lid", "in pieces", "with a dent", "two days late", "in the wrong colour",
              "unharmed", "at my neighbour's", "wet through", "with somebody else's invoice"],
    "state2": ["leaks", "rusts", "has lost its shine", "whistles off key", "works like new", "drips", "smells of soap"],
    "could": ["could", "would", "can", "might"], "whether": ["whether", "if"],
    "fits": ["fits", "goes with", "matches", "can be used with"], "paid": ["paid", "was charged", "transferred"],
    "relative": ["sister", "brother", "aunt", "grandfather", "neighbour", "mother-in-law", "cousin"],
    "says": ["says", "writes", "complains", "insists", "has heard"], "sent": ["sent", "returned", "posted", "brought"],
    "change": ["change", "correct", "set", "update"], "carrier": ["carrier", "post office", "tracking page", "driver"],
    "waits": ["has been waiting", "has been lying", "is stuck", "has been held"],
    "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    "available": ["available", "in stock", "to be had", "on offer"], "works": ["works", "pours", "whistles", "shines"],
    "refunded": ["refunded", "returned", "credited", "sent back"],
    "takes": ["takes", "can take", "needs", "usually takes"],
    "colleague": ["colleague", "workshop", "warehouse", "apprentice", "potter"],
    "checked": ["checked", "opened", "weighed", "looked at"], "found": ["found", "noticed", "photographed", "saw"],
    "suggest": ["suggest", "recommend", "would try", "swear by"],
    "remedy": ["vinegar", "citric acid", "baking soda", "lemon juice", "salt", "washing soda"],
    "left": ["left", "will leave", "has left", "was to leave"],
}


def person(rng):
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def product(rng):
    """A name and a description."""
    adjective, material, thing = rng.choice(ADJECTIVES), rng.choice(MATERIALS), rng.choice(THINGS)
    description = (f"A {adjective} {thing} in {material}, made in {rng.choice(CITIES)}. It {rng.choice(SLOTS['fits'])}"
                   f" our {rng.choice(ADJECTIVES)} {rng.choice(THINGS)}, weighs {rng.randrange(60, 2400)} g and is best"
                   f" cleaned with {rng.choice(SLOTS['remedy'])}.")
    return f"{adjective} {material} {thing}", description


def sentences(rng, count):
    """`count` sentences, each drawn from a template."""
    made = []
    for _ in range(count):
        words = {slot: rng.choice(choices) for slot, choices in SLOTS.items()}
        words.update(number=rng.randrange(2, 60), hour=rng.randrange(6, 20), parcel=rng.randrange(10**7, 10**8),
                     amount=rng.randrange(900, 30000) / 100, amount2=rng.randrange(900, 30000) / 100)
        text = rng.choice(TEMPLATES).format_map(words)
        made.append(text[0].upper() + text[1:] + ("" if text.endswith("?") else "."))
    return made
