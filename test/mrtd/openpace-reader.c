/*
 * Reads EF.COM off a chip with OpenPACE's libeac, which knows nothing of us: PACE with the card access number, then two commands under secure
 * messaging. Says each step; ends with 0 only when every token and every MAC verified. Usage: openpace-reader CAN
 */
#include <eac/eac.h>
#include <eac/pace.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <winscard.h>

BUF_MEM *BUF_MEM_create_init(const void *buf, size_t len); /* libeac exports it without a header */

#define CHECK(x)                     \
  do {                               \
    if (!(x)) {                      \
      printf("failed: %s\n", #x);    \
      exit(1);                       \
    }                                \
  } while (0)

typedef unsigned char byte;

static SCARDHANDLE card;
static DWORD protocol;
static EAC_CTX *eac;

static BUF_MEM *buffer(const byte *data, size_t length) { return BUF_MEM_create_init(data, length); }

/* Sends a command; gives the status word and the response with its length, or -1 when the card is not there. */
static int try_transmit(const byte *command, size_t length, byte *response, size_t *got) {
  SCARD_IO_REQUEST request = {protocol, sizeof request};
  DWORD room = 65544;
  if (SCardTransmit(card, &request, command, length, NULL, response, &room) != SCARD_S_SUCCESS) return -1;
  *got = room - 2;
  return response[room - 2] << 8 | response[room - 1];
}

static int transmit(const byte *command, size_t length, byte *response, size_t *got) {
  int status = try_transmit(command, length, response, got);
  CHECK(status >= 0);
  return status;
}

/* Writes an element of up to 255 bytes; gives its length. */
static size_t element(byte *out, byte tag, const byte *value, size_t length) {
  size_t at = 0;
  out[at++] = tag;
  if (length > 127) out[at++] = 0x81;
  out[at++] = length;
  memcpy(out + at, value, length);
  return at + length;
}

/* GENERAL AUTHENTICATE with one data object, or none for tag 0; gives the data object of the response. */
static BUF_MEM *authenticate(int last, byte tag, const BUF_MEM *value) {
  byte object[300], dynamic[310], command[320], response[65544];
  size_t got, length = tag ? element(object, tag, (byte *)value->data, value->length) : 0;
  size_t whole = element(dynamic, 0x7c, object, length);
  byte header[] = {last ? 0x00 : 0x10, 0x86, 0, 0, whole};
  memcpy(command, header, 5);
  memcpy(command + 5, dynamic, whole);
  command[5 + whole] = 0;
  CHECK(transmit(command, whole + 6, response, &got) == 0x9000);
  const byte *at = response + 1;
  at += *at == 0x81 ? 2 : 1;
  at++;
  size_t inner = *at++;
  if (inner == 0x81) inner = *at++;
  return buffer(at, inner);
}

/* Waits for a card that answers (the one before it may just be leaving) and reads its EF.CardAccess. */
static size_t connect_card(byte *card_access) {
  const byte read_card_access[] = {0, 0xb0, 0x9c, 0, 0};
  SCARDCONTEXT context;
  char names[1024];
  size_t got;
  CHECK(SCardEstablishContext(SCARD_SCOPE_SYSTEM, 0, 0, &context) == SCARD_S_SUCCESS);
  for (int tries = 0; tries < 80; tries++, usleep(250000)) {
    DWORD length = sizeof names;
    if (SCardListReaders(context, 0, names, &length) != SCARD_S_SUCCESS) continue;
    for (char *name = names; *name; name += strlen(name) + 1) {
      if (SCardConnect(context, name, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol) != SCARD_S_SUCCESS) continue;
      if (try_transmit(read_card_access, sizeof read_card_access, card_access, &got) == 0x9000) return got;
      SCardDisconnect(card, SCARD_RESET_CARD);
    }
  }
  CHECK(!"a card that answers");
  return 0;
}

static void pace(const char *can) {
  byte response[65544], oid[64], command[128];
  size_t got;
  size_t card_access = connect_card(response);
  EAC_init();
  eac = EAC_CTX_new();
  CHECK(EAC_CTX_init_ef_cardaccess(response, card_access, eac));
  PACE_SEC *secret = PACE_SEC_new(can, strlen(can), PACE_CAN);
  CHECK(secret);

  const ASN1_OBJECT *name = OBJ_nid2obj(eac->pace_ctx->protocol);
  size_t length = OBJ_length(name);
  memcpy(oid, OBJ_get0_data(name), length);
  byte reference = PACE_CAN;
  memcpy(command, "\x00\x22\xc1\xa4", 4);
  size_t at = 5 + element(command + 5, 0x80, oid, length);
  at += element(command + at, 0x83, &reference, 1);
  command[4] = at - 5;
  CHECK(transmit(command, at, response, &got) == 0x9000);

  CHECK(PACE_STEP2_dec_nonce(eac, secret, authenticate(0, 0, NULL)));
  BUF_MEM *mapping = PACE_STEP3A_generate_mapping_data(eac);
  CHECK(mapping && PACE_STEP3A_map_generator(eac, authenticate(0, 0x81, mapping)));
  BUF_MEM *key = PACE_STEP3B_generate_ephemeral_key(eac);
  CHECK(key);
  BUF_MEM *chip = authenticate(0, 0x83, key);
  CHECK(PACE_STEP3B_compute_shared_secret(eac, chip) && PACE_STEP3C_derive_keys(eac));
  BUF_MEM *token = PACE_STEP3D_compute_authentication_token(eac, chip);
  CHECK(token && PACE_STEP3D_verify_authentication_token(eac, authenticate(1, 0x85, token)) == 1);
  CHECK(EAC_CTX_set_encryption_ctx(eac, EAC_ID_PACE));
  printf("PACE: both tokens verified\n");
}

/* A command under secure messaging, its counter raised already: `objects` are its DO'87' or DO'97'. Leaves the response, its MAC verified. */
static void protected_command(const byte header[4], const byte *objects, size_t length, byte *response) {
  byte covered[256], command[256];
  size_t got;
  BUF_MEM *head = EAC_add_iso_pad(eac, buffer(header, 4));
  memcpy(covered, head->data, head->length);
  memcpy(covered + head->length, objects, length);
  BUF_MEM *mac = EAC_authenticate(eac, EAC_add_iso_pad(eac, buffer(covered, head->length + length)));
  CHECK(mac);
  memcpy(command, header, 4);
  memcpy(command + 5, objects, length);
  size_t at = 5 + length + element(command + 5 + length, 0x8e, (byte *)mac->data, mac->length);
  command[4] = at - 5;
  command[at++] = 0;
  int status = transmit(command, at, response, &got);
  CHECK(status == 0x9000 || status == 0x6282);
  CHECK(EAC_increment_ssc(eac) && got > 10);
  size_t body = got - 10; /* DO'8E' with eight bytes ends it */
  CHECK(EAC_verify_authentication(eac, EAC_add_iso_pad(eac, buffer(response, body)), buffer(response + body + 2, 8)) == 1);
}

int main(int argc, char **argv) {
  byte response[65544], objects[64];
  const byte aid[] = {0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};
  const byte select[4] = {0x0c, 0xa4, 0x04, 0x0c}, read_com[4] = {0x0c, 0xb0, 0x9e, 0x00}, le[] = {0x97, 1, 32};
  CHECK(argc == 2);
  pace(argv[1]);

  CHECK(EAC_increment_ssc(eac)); /* of the command: its data is encrypted under it too */
  BUF_MEM *sealed = EAC_encrypt(eac, EAC_add_iso_pad(eac, buffer(aid, sizeof aid)));
  CHECK(sealed);
  byte content[48] = {1};
  memcpy(content + 1, sealed->data, sealed->length);
  protected_command(select, objects, element(objects, 0x87, content, sealed->length + 1), response);
  printf("SELECT: its MAC verified\n");

  CHECK(EAC_increment_ssc(eac));
  protected_command(read_com, le, sizeof le, response);
  CHECK(response[0] == 0x87 && response[2] == 1);
  BUF_MEM *com = EAC_remove_iso_pad(EAC_decrypt(eac, buffer(response + 3, response[1] - 1)));
  CHECK(com);
  printf("EF.COM: ");
  for (size_t i = 0; i < com->length; i++) printf("%02x", (byte)com->data[i]);
  printf("\n");
  return 0;
}
