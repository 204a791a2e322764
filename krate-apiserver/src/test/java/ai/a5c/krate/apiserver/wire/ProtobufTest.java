package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.json;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtobufTest {
  /** Writes a message field by field. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Message tag(int field, int wireType) {
      return raw((long) field << 3 | wireType);
    }

    private Message raw(long varint) {
      long rest = varint;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) (rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
      return this;
    }

    Message varint(int field, long value) {
      return tag(field, 0).raw(value);
    }

    Message bytes(int field, byte[] value) {
      tag(field, 2).raw(value.length);
      out.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.out.toByteArray());
    }

    Message entry(int field, String key, String value) {
      return message(field, new Message().text(1, key).text(2, value));
    }

    byte[] toArray() {
      return out.toByteArray();
    }
  }

  private static Message unknown(String apiVersion, String kind, Message object) {
    return new Message()
        .message(1, new Message().text(1, apiVersion).text(2, kind))
        .message(2, object)
        .text(3, "")
        .text(4, "");
  }

  private static Bytes body(Message unknown) {
    byte[] wrapped = unknown.toArray();
    byte[] body = Arrays.copyOf(new byte[] {'k', '8', 's', 0}, 4 + wrapped.length);
    System.arraycopy(wrapped, 0, body, 4, wrapped.length);
    return Bytes.owning(body);
  }

  private static Bytes namespace(Message object) {
    return body(unknown("v1", "Namespace", object));
  }

  @Test
  void metadataIsReadFieldByField() {
    Message metadata =
        new Message()
            .text(1, "acme")
            .text(2, "")
            .text(3, "")
            .text(5, "u-1")
            .text(6, "42")
            .varint(7, 3)
            .message(8, new Message().varint(1, 1_767_225_600L).varint(2, 5))
            .varint(10, 0)
            .entry(11, "b", "2")
            .entry(11, "a", "1")
            .message(11, new Message().text(1, "empty"))
            .entry(12, "note", "ü")
            .message(
                13,
                new Message()
                    .text(5, "v1")
                    .text(1, "Secret")
                    .text(3, "s")
                    .text(4, "u-2")
                    .varint(6, 0)
                    .varint(7, 1))
            .text(14, "example.org/x")
            .text(14, "example.org/y")
            .message(
                17,
                new Message()
                    .text(1, "kubectl-create")
                    .text(2, "Update")
                    .text(3, "v1")
                    .message(4, new Message().varint(1, 0).varint(2, 0))
                    .text(6, "FieldsV1")
                    .message(7, new Message().text(1, "{\"f:metadata\":{}}"))
                    .text(8, ""));
    Message object =
        new Message()
            .message(1, metadata)
            .message(2, new Message().text(1, "kubernetes"))
            .message(3, new Message().text(1, "Active"));
    assertThat(Protobuf.decode(namespace(object)))
        .isEqualTo(
            json(
                """
                {'apiVersion':'v1','kind':'Namespace','metadata':{
                  'name':'acme','uid':'u-1','resourceVersion':'42','generation':3,
                  'creationTimestamp':'2026-01-01T00:00:00Z','deletionGracePeriodSeconds':0,
                  'labels':{'a':'1','b':'2','empty':''},'annotations':{'note':'ü'},
                  'ownerReferences':[{'apiVersion':'v1','kind':'Secret','name':'s','uid':'u-2',
                    'controller':false,'blockOwnerDeletion':true}],
                  'finalizers':['example.org/x','example.org/y'],
                  'managedFields':[{'manager':'kubectl-create','operation':'Update',
                    'apiVersion':'v1','time':'1970-01-01T00:00:00Z','fieldsType':'FieldsV1',
                    'fieldsV1':{'f:metadata':{}}}]},
                 'spec':{'finalizers':['kubernetes']},'status':{'phase':'Active'}}\
                """));
  }

  @Test
  void aSecretHasDataInBase64() {
    Message object =
        new Message()
            .message(1, new Message().text(1, "s"))
            .message(2, new Message().text(1, "k").bytes(2, new byte[] {-1, 0}))
            .message(2, new Message().text(1, "none"))
            .text(3, "Opaque")
            .entry(4, "plain", "text")
            .varint(5, 0);
    assertThat(Protobuf.decode(body(unknown("v1", "Secret", object))))
        .isEqualTo(
            json(
                """
                {'apiVersion':'v1','kind':'Secret','metadata':{'name':'s'},
                 'data':{'k':'/wA=','none':''},'type':'Opaque','stringData':{'plain':'text'},
                 'immutable':false}\
                """));
  }

  @Test
  void aReviewOfOneselfHasGroupsAndExtras() {
    Message user =
        new Message()
            .text(1, "ada")
            .text(2, "")
            .text(3, "g1")
            .text(3, "g2")
            .message(
                4,
                new Message()
                    .text(1, "scopes")
                    .message(2, new Message().text(1, "a").text(1, "b")));
    Message object =
        new Message().message(1, new Message()).message(2, new Message().message(1, user));
    assertThat(
            Protobuf.decode(body(unknown("authentication.k8s.io/v1", "SelfSubjectReview", object))))
        .isEqualTo(
            json(
                """
                {'apiVersion':'authentication.k8s.io/v1','kind':'SelfSubjectReview','metadata':{},
                 'status':{'userInfo':{'username':'ada','groups':['g1','g2'],
                   'extra':{'scopes':['a','b']}}}}\
                """));
  }

  @Test
  void deleteOptionsKeepAGracePeriodOfZero() {
    Message object =
        new Message()
            .varint(1, 0)
            .message(2, new Message().text(1, "u-1").text(2, "7"))
            .varint(3, 0)
            .text(4, "Background")
            .text(5, "All");
    assertThat(Protobuf.decode(body(unknown("example.org/v1", "DeleteOptions", object))))
        .isEqualTo(
            json(
                """
                {'apiVersion':'example.org/v1','kind':'DeleteOptions','gracePeriodSeconds':0,
                 'preconditions':{'uid':'u-1','resourceVersion':'7'},'orphanDependents':false,
                 'propagationPolicy':'Background','dryRun':['All']}\
                """));
  }

  @Test
  void unknownFieldsOfEveryWireTypeAreSkipped() {
    Message object = new Message().varint(90, -1).tag(91, 1).raw(0x40).raw(0).raw(0).raw(0);
    object.raw(0).raw(0).raw(0).raw(0).tag(92, 5).raw(1).raw(2).raw(3).raw(4).text(93, "later");
    object.message(1, new Message().text(1, "acme"));
    assertThat(Protobuf.decode(namespace(object)).getJsonObject("metadata"))
        .isEqualTo(json("{'name':'acme'}"));
  }

  @Test
  void anEmptyTimeIsNone() {
    Message metadata = new Message().text(1, "acme").message(8, new Message());
    assertThat(
            Protobuf.decode(namespace(new Message().message(1, metadata)))
                .getJsonObject("metadata"))
        .isEqualTo(json("{'name':'acme'}"));
  }

  @Test
  void otherKindsAreRefused() {
    assertThat(refusal(() -> Protobuf.decode(body(unknown("v1", "Pod", new Message())))).message())
        .isEqualTo("no protobuf body of kind \"Pod\" in version \"v1\" is understood: send JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "k8s", "k8s\0\n", "{\"kind\":\"Namespace\"}", "k8s\0\n\u00ff"})
  void whatIsNoEnvelopeIsRefused(String text) {
    assertThat(refusal(() -> Protobuf.decode(Bytes.utf8(text))).code()).isEqualTo(400);
  }

  @Test
  void malformedObjectsAreRefused() {
    Message badText = new Message().bytes(1, new byte[] {-1});
    Message wrongType = new Message().varint(1, 1);
    Message group = new Message().tag(9, 3);
    Message zero = new Message().tag(0, 0);
    Message tooLong = new Message().tag(1, 2).raw(100);
    Message negative = new Message().tag(1, 2).raw(-1);
    Message time = new Message().message(8, new Message().varint(1, Long.MAX_VALUE));
    for (Message metadata :
        new Message[] {badText, wrongType, group, zero, tooLong, negative, time}) {
      Message object = new Message().message(1, metadata);
      assertThat(refusal(() -> Protobuf.decode(namespace(object))).message())
          .startsWith("malformed protobuf body: ");
    }
    Message json = new Message().message(17, new Message().message(7, new Message().text(1, "{")));
    assertThat(refusal(() -> Protobuf.decode(namespace(new Message().message(1, json)))).code())
        .isEqualTo(400);
  }

  @Test
  void whatIsCompressedOrTooLargeIsRefused() {
    Message compressed = unknown("v1", "Namespace", new Message()).text(3, "gzip");
    assertThat(refusal(() -> Protobuf.decode(body(compressed))).code()).isEqualTo(400);
    Bytes large = Bytes.owning(new byte[3 * 1024 * 1024 + 1]);
    assertThat(refusal(() -> Protobuf.decode(large)).code()).isEqualTo(413);
  }

  @Property
  void anyBytesAreReadOrRefused(@ForAll byte[] noise) {
    Message object = new Message().bytes(1, noise).bytes(2, noise).bytes(3, noise);
    for (Bytes body :
        new Bytes[] {Bytes.copyOf(noise), body(new Message().bytes(1, noise)), namespace(object)}) {
      try {
        assertThat(Protobuf.decode(body)).containsKey("metadata");
      } catch (ApiException refused) {
        assertThat(refused.problem()).isInstanceOf(Problem.BadRequest.class);
      }
    }
  }
}
