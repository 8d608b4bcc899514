"""Words of English narratives that tell of harm, people, parts of the body and products; the abbreviations are those of NEISS."""

from typing import Final

HARM: Final = {
    "death": "death, died, dead, fatal, fatality, doa, killed",
    "fire": "caught fire, caught on fire, house fire, burst into flames, flames, on fire, ignited, smoke inhalation",
    "explosion": "exploded, explode, exploding, explosion, blew up, blast, blasted, detonated, burst, blew off, went off",
    "electric-shock": "electric shock, electrocuted, electrocution, electrical shock, shocked by",
    "burn": "burn, burns, burned, burnt, burning, scald, scalded, blister, blisters, tbsa",
    "choking": "choked, choking, asphyxia, suffocated, swallowed, ingested, ingestion, aspirated, airway obstruction",
    "poisoning": "poisoned, poisoning, carbon monoxide, toxic, vomiting, nausea",
    "allergy": "allergic, allergy, rash, hives, dermatitis, anaphylaxis",
    "cut": (
        "laceration, lacerations, lac, lacs, lacerated, cut, cuts, puncture, pw, avulsion, avulsions, avulsed, bleeding, "
        "sutures, stepped on, splinter"
    ),
    "fracture": "fracture, fractures, fractured, fx, fxs, broken bone, dislocation, dislocated, concussion, chi, head injury",
    "amputation": "amputation, amputations, amputated, amp, traumatic amputation, amput",
    "crush": (
        "contusion, contusions, contusio, abrasion, abrasions, abr, bruise, bruised, crush, crushed, sprain, sprained, "
        "strain, hematoma, swelling, pinched, blunt trauma"
    ),
    "fall": "fell, fall, falling, tripped, slipped, slid",
    "eye": (
        "corneal, hyphema, ruptured globe, globe rupture, iritis, vision loss, blurry vision, blindness, conjunctivitis, "
        "foreign body in eye, eye injury, eye inj, keratitis, retinal"
    ),
    "hearing": "hearing loss, tinnitus, ruptured eardrum, tm perforation, perforated tm, hearing, perforated eardrum, tympanic",
    "drowning": "drowned, drowning, submersion",
    "foreign-body": "foreign body, fb, fbs, foreign bodies, foreign object, shrapnel",
    "treatment": "admitted, surgery, hospitalized, transferred to",
    "injury": "injury, injuries, injured, inj, trauma, wound, wounds, pain, hurt",
}
WHO: Final = {
    "infant": "infant, newborn, toddler, baby",
    "child": "child, children, kid, kids, boy, girl, son, daughter, student",
    "elderly": "elderly, grandmother, grandfather, senior",
    "pregnant": "pregnant, pregnancy",
    "worker": "worker, employee, coworker",
}
PART: Final = {
    "eye": "eye, eyes, eyeball, corneal, cornea, eyelid, orbital, ocular, globe, conjunctivitis, iritis, hyphema, retinal",
    "hand": "hand, hands, palm",
    "finger": "finger, fingers, thumb, digit, digits, fingertip, index, thumbs, fingernail, fingertips",
    "face": "face, facial, cheek, forehead, nose, chin, eyebrow, nasal, jaw",
    "head": "head, scalp, skull, chi, concussion",
    "mouth": "mouth, lip, lips, tooth, teeth, tongue, dental",
    "neck": "neck, throat, cervical",
    "arm": "arm, arms, forearm, elbow, wrist, shoulder, bicep, humerus, armpit, upper extremity, axilla, clavicle",
    "leg": "leg, legs, thigh, knee, shin, calf, tibia, lower extremity, thighs, ankle, lle, rle",
    "foot": "foot, feet, toe, toes, heel",
    "ear": "ear, ears, hearing, tinnitus, tm, eardrum, tympanic",
    "trunk": (
        "chest, back, abdomen, abdominal, trunk, hip, buttock, buttocks, groin, abd, torso, stomach, flank, breast, rib, "
        "lung, ribs, abdominal wall, chest wall, butt, pelvis, thorax"
    ),
}
PRODUCT: Final = {
    "fireworks": (
        "firework, fireworks, firecracker, firecrackers, sparkler, sparklers, bottle rocket, bottle rockets, "
        "roman candle, roman candles, mortar, mortars, smoke bomb, smoke bombs, m-80, m80, poppers, fire cracker, "
        "fire crackers, fire work, fire works, mortor, black cat"
    ),
    "toy": "toy, toys, balloon",
    "charger": "charger, adapter, outlet",
    "power-bank": "power bank",
    "e-bike": "e-bike, scooter",
    "heater": "heater, electric blanket",
    "kettle": "kettle",
    "cooker": "stove, pressure cooker, oven, grill, microwave",
    "child-seat": "stroller, crib, high chair, car seat, pacifier",
    "furniture": "sofa, chair, table, bed, dresser, ladder",
    "food": "food, popcorn, meat, fish, candy",
    "cosmetics": "cosmetic, lotion, shampoo, hair dye",
    "vehicle": "car, truck, brakes",
    "medicine": "supplement, capsule, pills",
    "appliance": "fan, dryer, washer, refrigerator",
    "helmet": "helmet",
    "cleaner": "bleach, detergent, cleaner",
    "fitness": "treadmill, trampoline, bicycle, bike",
}
DENIED: Final = (
    "nobody, no one, no, not, denies, denied, denying, without, negative for, ruled out, r/o, never, neg for, none, "
    "no evidence of, w/o"
)
BETWEEN: Final = (
    "or, pain, any, other, sign, signs, of, visible, further, obvious, apparent, known, acute, evidence, serious, significant, "
    "one, was, were, hurt or, has, have, had, been, did, do, does, a, the, personal, skin"
)
FEARED: Final = (
    "almost, nearly, could, could have, might, may, may have, risk, risk of, possible, poss, afraid, worried, danger, if"
)
IDIOMS: Final = (
    "fire department, fire dept, fire dpt, fire departmment, fire dep, firehouse, fire hydrant, fire pit, burn pile, "
    "burn barrel, cut the grass, no fd, went back, back yard, backyard, came back, back of, head on, hand held, "
    "in the fall, not feeling, fire station, fire fighters, fire truck, pain medication, pain meds, feet away, "
    "feet from, feet high, feet in the air, ft away"
)
FEARED_AFTER: Final = "risk, hazard, risks, hazards"
