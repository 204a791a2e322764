package ai.a5c.krate.apiserver.request;

/** The stages of the road, as the audit trail names them. */
enum Stage {
  AUTHENTICATE("Authenticate"),
  AUTHORIZE("Authorize"),
  DECODE("Decode"),
  CLAIMS("Claims"),
  MUTATING_ADMISSION("MutatingAdmission"),
  PREPARE("Prepare"),
  VALIDATE("Validate"),
  VALIDATING_ADMISSION("ValidatingAdmission"),
  COMMIT("Commit");

  private final String wireName;

  Stage(String wireName) {
    this.wireName = wireName;
  }

  String wireName() {
    return wireName;
  }
}
