package ai.a5c.krate.archtests.house.git;

import org.eclipse.jgit.dircache.DirCacheCheckout;

/** Writes a work tree. */
public record Porcelain(DirCacheCheckout checkout) {}
