"""Creates users and services in the directory, and the services' keytabs.

usage: samba_accounts.py smb.conf '{"users": [...], "services": [...]}'
"""
import json
import sys

import ldb
import samba.dckeytab  # gives Net the method export_keytab
from samba.auth import system_session
from samba.credentials import Credentials
from samba.net import Net
from samba.param import LoadParm
from samba.samdb import SamDB

AES_ONLY = "24"

configuration, accounts = sys.argv[1], json.loads(sys.argv[2])
lp = LoadParm()
lp.load(configuration)
directory = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp)

for user in accounts["users"]:
    directory.newuser(user["username"], user["password"])

for service in accounts["services"]:
    directory.newuser(service["name"], "Serv1ce-Secret-" + service["principal"])
    found = directory.search(expression="(sAMAccountName=%s)" % service["name"], attrs=[])
    change = ldb.Message(found[0].dn)
    change["spn"] = ldb.MessageElement(service["principal"], ldb.FLAG_MOD_ADD, "servicePrincipalName")
    # Without this, tickets and keytab are RC4 only. Keys are taken from the password, so it is set again.
    change["types"] = ldb.MessageElement(AES_ONLY, ldb.FLAG_MOD_REPLACE, "msDS-SupportedEncryptionTypes")
    directory.modify(change)
    directory.setpassword("(sAMAccountName=%s)" % service["name"], "Serv1ce-Secret-2-" + service["principal"])

credentials = Credentials()
credentials.guess(lp)
for service in accounts["services"]:
    Net(credentials, lp).export_keytab(keytab=service["keytab"], principal=service["principal"])
