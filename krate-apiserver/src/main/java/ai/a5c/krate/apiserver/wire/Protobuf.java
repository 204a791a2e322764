package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bodies in Kubernetes' protobuf encoding ({@code application/vnd.kubernetes.protobuf}), which
 * kubectl sends of the core kinds: Namespace, Secret, SelfSubjectReview, roles, bindings, access
 * reviews and DeleteOptions.
 *
 * <p>Field numbers are those of the {@code generated.proto} files that Kubernetes publishes.
 */
public final class Protobuf {
  private static final int MAX_BYTES = 3 * 1024 * 1024;
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private static final ProtoMessage.Type TEXT = new ProtoMessage.Text();
  private static final ProtoMessage.Type INT = new ProtoMessage.Int();
  private static final ProtoMessage.Type BOOL = new ProtoMessage.Bool();
  private static final ProtoMessage.Type TIME = new ProtoMessage.Time();
  private static final ProtoMessage.Type TEXTS = new ProtoMessage.Repeated(TEXT);
  private static final ProtoMessage.Type TEXT_MAP = new ProtoMessage.Entries(TEXT);

  private static final ProtoMessage TYPE_META =
      message().field(1, "apiVersion", TEXT).field(2, "kind", TEXT).build();

  private static final ProtoMessage OWNER_REFERENCE =
      message()
          .field(5, "apiVersion", TEXT)
          .field(1, "kind", TEXT)
          .field(3, "name", TEXT)
          .field(4, "uid", TEXT)
          .optional(6, "controller", BOOL)
          .optional(7, "blockOwnerDeletion", BOOL)
          .build();

  private static final ProtoMessage MANAGED_FIELDS =
      message()
          .field(1, "manager", TEXT)
          .field(2, "operation", TEXT)
          .field(3, "apiVersion", TEXT)
          .field(4, "time", TIME)
          .field(6, "fieldsType", TEXT)
          .field(7, "fieldsV1", new ProtoMessage.Raw())
          .field(8, "subresource", TEXT)
          .build();

  private static final ProtoMessage OBJECT_META =
      message()
          .field(1, "name", TEXT)
          .field(2, "generateName", TEXT)
          .field(3, "namespace", TEXT)
          .field(4, "selfLink", TEXT)
          .field(5, "uid", TEXT)
          .field(6, "resourceVersion", TEXT)
          .field(7, "generation", INT)
          .field(8, "creationTimestamp", TIME)
          .field(9, "deletionTimestamp", TIME)
          .optional(10, "deletionGracePeriodSeconds", INT)
          .field(11, "labels", TEXT_MAP)
          .field(12, "annotations", TEXT_MAP)
          .field(13, "ownerReferences", listOf(OWNER_REFERENCE))
          .field(14, "finalizers", TEXTS)
          .field(17, "managedFields", listOf(MANAGED_FIELDS))
          .build();

  private static final ProtoMessage NAMESPACE_CONDITION =
      message()
          .field(1, "type", TEXT)
          .field(2, "status", TEXT)
          .field(4, "lastTransitionTime", TIME)
          .field(5, "reason", TEXT)
          .field(6, "message", TEXT)
          .build();

  private static final ProtoMessage NAMESPACE =
      object()
          .field(2, "spec", nested(message().field(1, "finalizers", TEXTS).build()))
          .field(
              3,
              "status",
              nested(
                  message()
                      .field(1, "phase", TEXT)
                      .field(2, "conditions", listOf(NAMESPACE_CONDITION))
                      .build()))
          .build();

  private static final ProtoMessage SECRET =
      object()
          .field(2, "data", new ProtoMessage.Entries(new ProtoMessage.Binary()))
          .field(3, "type", TEXT)
          .field(4, "stringData", TEXT_MAP)
          .optional(5, "immutable", BOOL)
          .build();

  private static final ProtoMessage USER_INFO =
      message()
          .field(1, "username", TEXT)
          .field(2, "uid", TEXT)
          .field(3, "groups", TEXTS)
          .field(4, "extra", new ProtoMessage.Entries(new ProtoMessage.Texts()))
          .build();

  private static final ProtoMessage SELF_SUBJECT_REVIEW =
      object()
          .field(2, "status", nested(message().field(1, "userInfo", nested(USER_INFO)).build()))
          .build();

  private static final ProtoMessage DELETE_OPTIONS =
      message()
          .optional(1, "gracePeriodSeconds", INT)
          .field(
              2,
              "preconditions",
              nested(
                  message().optional(1, "uid", TEXT).optional(2, "resourceVersion", TEXT).build()))
          .optional(3, "orphanDependents", BOOL)
          .field(4, "propagationPolicy", TEXT)
          .field(5, "dryRun", TEXTS)
          .build();

  private static final Map<String, ProtoMessage> KINDS = kinds();

  private Protobuf() {}

  private static Map<String, ProtoMessage> kinds() {
    Map<String, ProtoMessage> kinds = new TreeMap<>(RbacMessages.kinds());
    kinds.put("v1 Namespace", NAMESPACE);
    kinds.put("v1 Secret", SECRET);
    kinds.put("authentication.k8s.io/v1 SelfSubjectReview", SELF_SUBJECT_REVIEW);
    return Collections.unmodifiableMap(kinds);
  }

  static ProtoMessage.Builder message() {
    return new ProtoMessage.Builder();
  }

  static ProtoMessage.Builder object() {
    return message().field(1, "metadata", nested(OBJECT_META));
  }

  static ProtoMessage.Type nested(ProtoMessage message) {
    return new ProtoMessage.Nested(message);
  }

  static ProtoMessage.Type listOf(ProtoMessage message) {
    return new ProtoMessage.Repeated(nested(message));
  }

  /**
   * The object that a body holds, as the JSON that the same client would have sent, without what is
   * empty. Of a field that is there twice, the last value counts.
   *
   * @throws ApiException BadRequest if the body is malformed or of another kind; TooLarge if it has
   *     more than 3 MiB
   */
  public static JsonObject decode(Bytes body) {
    if (body.size() > MAX_BYTES) {
      throw new ApiException(
          new Problem.TooLarge("the body is larger than " + MAX_BYTES + " bytes"));
    }
    ByteBuffer in = ByteBuffer.wrap(body.toArray());
    if (in.remaining() < MAGIC.length
        || !in.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw ProtoReader.malformed("it does not begin with k8s and a zero byte");
    }
    in.position(MAGIC.length);
    return unwrapped(new ProtoReader(in));
  }

  /** Reads a {@code runtime.Unknown}: the type, and the bytes of the object itself. */
  private static JsonObject unwrapped(ProtoReader in) {
    Map<String, JsonValue> type = Map.of();
    ByteBuffer raw = ByteBuffer.allocate(0);
    String encoding = "";
    String contentType = "";
    while (in.hasField()) {
      int field = in.field();
      if (in.wireType() != ProtoReader.BYTES) {
        in.skip();
        continue;
      }
      switch (field) {
        case 1 -> type = TYPE_META.read(in.bytes());
        case 2 -> raw = in.bytes();
        case 3 -> encoding = in.text();
        case 4 -> contentType = in.text();
        default -> in.skip();
      }
    }
    if (!encoding.isEmpty()
        || (!contentType.isEmpty() && !contentType.equals(BodyType.PROTOBUF.mediaType()))) {
      throw ProtoReader.malformed("what it wraps is compressed or no protobuf");
    }
    return object(Documents.object(type), raw);
  }

  private static JsonObject object(JsonObject type, ByteBuffer raw) {
    String apiVersion = Documents.textOf(type, "apiVersion");
    String kind = Documents.textOf(type, "kind");
    ProtoMessage message =
        kind.equals("DeleteOptions") ? DELETE_OPTIONS : KINDS.get(apiVersion + " " + kind);
    if (message == null) {
      throw new ApiException(
          new Problem.BadRequest(
              "no protobuf body of kind \""
                  + kind
                  + "\" in version \""
                  + apiVersion
                  + "\" is understood: send JSON"));
    }
    Map<String, JsonValue> members = new LinkedHashMap<>(type);
    if (!kind.equals("DeleteOptions")) {
      members.put("metadata", JsonValue.EMPTY_JSON_OBJECT);
    }
    members.putAll(message.read(raw));
    return Documents.object(members);
  }
}
