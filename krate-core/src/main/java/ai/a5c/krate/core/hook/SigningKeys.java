package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Secret;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The keys of a subscription from the Secrets that it names, as far as the log has been read. */
final class SigningKeys {
  private final Client client;
  private final HookKinds kinds;
  private final Cache<Refs, Found> found = new Cache<>(this::read);

  private record Refs(String namespace, List<WebhookSubscription.SecretRef> refs) {}

  SigningKeys(Client client, HookKinds kinds) {
    this.client = client;
    this.kinds = kinds;
  }

  /** What was found. */
  sealed interface Found {
    /** Every key, in the order of the references. */
    record All(List<SigningKey> keys) implements Found {
      public All {
        keys = List.copyOf(keys);
      }
    }

    /** One key cannot be used; the fault names the Secret and the key in it. */
    record Unusable(String fault) implements Found {}
  }

  Found read(String namespace, List<WebhookSubscription.SecretRef> refs) {
    return found.get(new Refs(namespace, List.copyOf(refs)));
  }

  /** Reads the keys of such namespaces again: a Secret of theirs may have changed. */
  void forget(Predicate<String> namespaces) {
    found.forget(refs -> namespaces.test(refs.namespace()));
  }

  private Found read(Refs wanted) {
    List<SigningKey> keys = new ArrayList<>();
    for (WebhookSubscription.SecretRef ref : wanted.refs()) {
      Optional<ApiObject> secret = client.get(kinds.secret(), wanted.namespace(), ref.name());
      if (secret.isEmpty()) {
        return new Found.Unusable("there is no Secret \"" + ref.name() + "\"");
      }
      Bytes value = RecordCodec.read(Secret.class, secret.get().json()).data().get(ref.key());
      if (value == null) {
        return new Found.Unusable(
            "the Secret \"" + ref.name() + "\" has no key \"" + ref.key() + "\"");
      }
      Optional<SigningKey> key = SigningKey.of(value);
      if (key.isEmpty()) {
        return new Found.Unusable(
            "the key \""
                + ref.key()
                + "\" of the Secret \""
                + ref.name()
                + "\" is empty, or no base64 after whsec_");
      }
      keys.add(key.get());
    }
    return new Found.All(keys);
  }
}
