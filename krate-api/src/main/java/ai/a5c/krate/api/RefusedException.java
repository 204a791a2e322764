package ai.a5c.krate.api;

/** A request was refused, or failed: the answer is a Status. */
public final class RefusedException extends RuntimeException {
  static final int NOT_FOUND = 404;

  private static final long serialVersionUID = 1L;

  private final int code;
  private final String status;

  RefusedException(ApiRequest request, int code, String status) {
    super(request.method() + " " + request.target() + ": " + code + " " + status);
    this.code = code;
    this.status = status;
  }

  /** The HTTP status code. */
  public int code() {
    return code;
  }

  /** The Status, in JSON, with its reason, message and causes. */
  public String status() {
    return status;
  }
}
