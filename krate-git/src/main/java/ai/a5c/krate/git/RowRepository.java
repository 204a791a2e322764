package ai.a5c.krate.git;

import ai.a5c.krate.api.git.RefName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.eclipse.jgit.attributes.AttributesNode;
import org.eclipse.jgit.attributes.AttributesNodeProvider;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.BaseRepositoryBuilder;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.transport.PackParser;
import org.eclipse.jgit.util.FS;

/** A repository as one request sees it: objects in a folder, refs in rows. It owns neither. */
final class RowRepository extends Repository {
  private final ObjectDirectory objects;
  private final RowRefDatabase refs;
  private final StoredConfig config;
  private final Receiving receiving;

  RowRepository(
      Path folder, ObjectDirectory objects, StoredRefs rows, RefName head, StoredConfig config) {
    this(folder, objects, rows, head, config, new Receiving() {});
  }

  /** What happens around the parsing of a received pack. */
  interface Receiving {
    /** The stream that the pack is parsed from. */
    default InputStream bounded(InputStream pack) {
      return pack;
    }

    /** The pack has been parsed; its objects can be read. */
    default void parsed() {}
  }

  /** A repository that receives packs. */
  RowRepository(
      Path folder,
      ObjectDirectory objects,
      StoredRefs rows,
      RefName head,
      StoredConfig config,
      Receiving receiving) {
    super(new Builder().setGitDir(folder.toFile()).setFS(FS.DETECTED).setBare());
    this.objects = objects;
    this.refs = new RowRefDatabase(rows, head, objects::newReader);
    this.config = config;
    this.receiving = receiving;
  }

  private static final class Builder extends BaseRepositoryBuilder<Builder, Repository> {}

  @Override
  public ObjectDirectory getObjectDatabase() {
    return objects;
  }

  @Override
  public ObjectInserter newObjectInserter() {
    ObjectInserter inserter = objects.newInserter();
    return new ObjectInserter.Filter() {
      @Override
      protected ObjectInserter delegate() {
        return inserter;
      }

      @Override
      public PackParser newPackParser(InputStream in) throws IOException {
        return inserter.newPackParser(receiving.bounded(in));
      }

      @Override
      public void flush() throws IOException {
        inserter.flush();
        receiving.parsed();
      }
    };
  }

  @Override
  public RowRefDatabase getRefDatabase() {
    return refs;
  }

  @Override
  public StoredConfig getConfig() {
    return config;
  }

  @Override
  public String getIdentifier() {
    return refs.rows().repository().toString();
  }

  @Override
  public void create(boolean bare) {
    throw new UnsupportedOperationException("repositories are made by the backend");
  }

  @Override
  public AttributesNodeProvider createAttributesNodeProvider() {
    return new AttributesNodeProvider() {
      @Override
      public AttributesNode getInfoAttributesNode() {
        return new AttributesNode();
      }

      @Override
      public AttributesNode getGlobalAttributesNode() {
        return new AttributesNode();
      }
    };
  }

  @Override
  public void scanForRepoChanges() {}

  @Override
  public void notifyIndexChanged(boolean internal) {}

  /** Closes nothing: the objects are leased, the refs are the store's. */
  @Override
  protected void doClose() {}
}
