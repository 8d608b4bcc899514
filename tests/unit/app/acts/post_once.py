"""One process of a test: posts ten forms, each under its own token, and prints the records that came of them."""

import os
import sys
from pathlib import Path

from acts_stage import OpenHands, desk_at
from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import audience_of
from openqi.app.acts.sealing.desk import writing_desk
from openqi.app.folder import FOLDS, now
from openqi.app.ledger import Ledger
from openqi.app.people.visitor import Hat, Visitor
from openqi.records import Names, as_json
from openqi.store.kinds.local import STOREKIND
from stage import RESULT, key_of, party

folder, place, token = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
laboratory, act = party("laboratory", 3), act_of("conformity.result-reported/1")
store = STOREKIND.open(folder, origin="log.example/1", folds=FOLDS)
ledger = Ledger(store, log_key=key_of(1), clock=now, chance=os.urandom)
hands = OpenHands()
hands.keys[laboratory.key.public_key.kid] = laboratory
hat = Hat(membership="m", party=laboratory.party, name=Names(en="L"), kid=laboratory.key.public_key.kid, kept=True)
visitor = Visitor(session="s", account="a", name="Li Hua", hats=(hat,), hat=hat, fresh=True)
writing = writing_desk(ledger, desk_at(place), hands, os.urandom).writing
for number in range(10):
    sealed = writing.seal(act, as_json(RESULT), visitor, audience_of(act, "parties"), token=f"{token}-{number}")
    print(sealed.records[0].id)
store.close()
