package ai.a5c.krate.cli;

import java.util.List;

/**
 * A command, declared once: the help, the reference and the reading of its flags come from here.
 *
 * @param arguments what stands behind the flags; empty if nothing does
 * @param summary for the overview, without a full stop
 * @param description whole sentences
 * @param settings its flags, in the order of the help
 */
record Usage(
    String name, String arguments, String summary, String description, List<Setting<?>> settings) {
  static final Usage SERVE =
      new Usage(
          "serve",
          "",
          "run the server",
          "Runs the Krate server: the Kubernetes API and Git on one TLS listener.",
          Settings.ALL);

  static final Usage TOKEN =
      new Usage(
          "token",
          "",
          "print a token for somebody",
          "Asks the running server for a short-lived token, with the administrator's credentials in the"
              + " data folder, and prints nothing else. The audit trail names every token that is made.",
          List.of(
              ClientSettings.USER,
              ClientSettings.GROUP,
              ClientSettings.TTL,
              ClientSettings.FOR,
              Settings.DATA_DIR));

  static final Usage KUBECONFIG =
      new Usage(
          "kubeconfig",
          "",
          "print a kubeconfig for somebody",
          "The same, but prints a kubeconfig with the server's address, its authority and the token.",
          List.of(
              ClientSettings.USER, ClientSettings.GROUP, ClientSettings.TTL, Settings.DATA_DIR));

  static final Usage GIT_CREDENTIAL =
      new Usage(
          "git-credential",
          "get|store|erase",
          "answer git, which asks for a password",
          "A credential helper of git: asks the running server for a fresh token that is good for Git"
              + " alone, whenever git wants a password for this server. It answers for no other host.",
          List.of(
              ClientSettings.USER,
              ClientSettings.GROUP,
              ClientSettings.GIT_TTL,
              Settings.DATA_DIR));

  static final Usage AUDIT_VERIFY =
      new Usage(
          "audit verify",
          "",
          "check the audit trail",
          "Checks the audit trail of the running server: that each entry is as it was written and follows"
              + " the one before it, and that the newest one that the data folder knows of is there."
              + " Exits with 0 if all is well, 1 if an entry was altered, removed, inserted, reordered"
              + " or cut off the end, 2 if that could not be found out.",
          List.of(Settings.DATA_DIR));

  static final Usage LOGS =
      new Usage(
          "logs",
          "PIPELINE-or-JOB",
          "print or follow what a pipeline or a job prints",
          "Prints the log of a job, or those of all jobs of a pipeline in the order of its steps, under a"
              + " heading for each. A connection that breaks is opened again where it broke off. The name"
              + " may be written as pipeline/NAME or job/NAME. As a plugin of kubectl, with the"
              + " kubeconfig of kubectl: kubectl krate logs.",
          List.of(
              LogSettings.NAMESPACE,
              LogSettings.FOLLOW,
              LogSettings.ATTEMPT,
              LogSettings.SINCE_BYTES,
              LogSettings.KUBECONFIG,
              Settings.DATA_DIR));

  static final Usage HOOKS_REPLAY =
      new Usage(
          "hooks replay",
          "SUBSCRIPTION",
          "send webhooks again",
          "Asks the running server to send again what a WebhookSubscription was sent: the deliveries of"
              + " the events of a span of time, in their order, or one by name. Each becomes a new"
              + " WebhookDelivery with the same body and the same webhook-id. Only what is finished is"
              + " replayed; replays and tests are only by name. Exits with 0 if everything was asked"
              + " for, 1 if something could not be, 2 if the command line makes no sense.",
          List.of(
              ReplaySettings.NAMESPACE,
              ReplaySettings.SINCE,
              ReplaySettings.UNTIL,
              ReplaySettings.PHASE,
              ReplaySettings.DELIVERY,
              ReplaySettings.MOST,
              Settings.DATA_DIR));

  /** All of them, in the order of the help. */
  static final List<Usage> ALL =
      List.of(SERVE, TOKEN, KUBECONFIG, GIT_CREDENTIAL, LOGS, HOOKS_REPLAY, AUDIT_VERIFY);

  Usage {
    settings = List.copyOf(settings);
  }
}
