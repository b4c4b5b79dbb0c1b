package io.weakref.retention;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Searches breadth-first for the shortest strong paths from the roots to given objects.
 * There are three passes, each less informative than the one before: from all roots
 * except the stacks; from the stacks, for objects that nothing else holds; and along
 * references that are strong only until the JVM clears them. The search ends as soon as
 * every object is found. It takes four bytes for each object of the heap, in addition to
 * the queue.
 */
final class PathSearch {

	private static final int PROGRESS_OBJECTS = 1 << 18;

	private final HeapDump dump;

	private final Progress progress;

	private final List<HeapRoot> roots;

	/**
	 * For each object its parent plus one, a negative number for a root, or 0 if unseen.
	 */
	private final int[] parents;

	private final BitSet wanted;

	private int missing;

	private final IntQueue queue = new IntQueue();

	/** Soft references and references of finalizers, which are followed last. */
	private final IntQueue deferred = new IntQueue();

	private final int idSize;

	private int visited;

	private PathSearch(HeapDump dump, BitSet wanted, Progress progress) {
		this.dump = dump;
		this.idSize = dump.idSize();
		this.progress = progress;
		this.wanted = wanted;
		this.missing = wanted.cardinality();
		this.parents = new int[dump.size()];
		this.roots = new ArrayList<>(dump.roots());
		this.roots.sort(Comparator.comparing(HeapRoot::kind));
	}

	/**
	 * Search for paths.
	 * @param dump the dump to search
	 * @param wanted the objects to find
	 * @param progress is notified of the progress
	 * @return the search with its result
	 */
	static PathSearch run(HeapDump dump, BitSet wanted, Progress progress) {
		PathSearch search = new PathSearch(dump, wanted, progress);
		search.start(false);
		search.drain();
		search.start(true);
		search.drain();
		search.drainDeferred();
		return search;
	}

	private void start(boolean stacks) {
		for (int i = 0; i < this.roots.size(); i++) {
			HeapRoot root = this.roots.get(i);
			if (root.kind().isStack() == stacks) {
				reach(root.object(), -(i + 1));
			}
		}
	}

	private void drain() {
		while (this.missing > 0 && !this.queue.isEmpty()) {
			int object = this.queue.take();
			visit(object);
			if ((++this.visited & (PROGRESS_OBJECTS - 1)) == 0) {
				this.progress.report("following references", this.visited, this.dump.size());
			}
		}
	}

	private void drainDeferred() {
		while (this.missing > 0 && !this.deferred.isEmpty()) {
			int reference = this.deferred.take();
			reach(this.dump.reference(reference, JavaNames.REFERENCE, JavaNames.REFERENT), reference + 1);
			if (this.deferred.isEmpty() || this.missing == 0) {
				drain();
			}
		}
	}

	private void visit(int object) {
		HeapFile file = this.dump.file();
		long position = this.dump.position(object);
		if (file.byte1(position) == HeapFormat.INSTANCE_DUMP) {
			HeapClass type = this.dump.classOf(file.id(position + 1 + this.idSize + Integer.BYTES));
			if (type == null) {
				return;
			}
			long fields = this.dump.instanceFields(position);
			for (int offset : type.strongOffsets()) {
				reach(file.id(fields + offset), object + 1);
			}
			if (type.isDeferred()) {
				this.deferred.add(object);
			}
			return;
		}
		long element = this.dump.arrayElements(position);
		int length = this.dump.arrayLength(position);
		for (int i = 0; i < length; i++) {
			reach(file.id(element), object + 1);
			element += this.idSize;
		}
	}

	private void reach(long id, int parent) {
		if (id == 0) {
			return;
		}
		int object = this.dump.number(id);
		if (object < 0 || this.parents[object] != 0) {
			return;
		}
		this.parents[object] = parent;
		if (!this.dump.isLeaf(object)) {
			this.queue.add(object);
		}
		if (this.wanted.get(object)) {
			this.missing--;
		}
	}

	/**
	 * Return whether an object was found.
	 * @param object the object
	 * @return whether there is a path to it
	 */
	boolean isFound(int object) {
		return this.parents[object] != 0;
	}

	/**
	 * Return the path to an object.
	 * @param object an object that was found
	 * @return the root and the objects of the path, the given object last
	 */
	Path path(int object) {
		int length = 1;
		int parent = this.parents[object];
		while (parent > 0) {
			length++;
			parent = this.parents[parent - 1];
		}
		int[] objects = new int[length];
		int next = object;
		for (int i = length - 1; i > 0; i--) {
			objects[i] = next;
			next = this.parents[next] - 1;
		}
		objects[0] = next;
		return new Path(this.roots.get(-parent - 1), objects);
	}

	/**
	 * A path.
	 *
	 * @param root the root where the path begins
	 * @param objects the objects on it, from the one that the root holds to the last one
	 */
	@SuppressWarnings("ArrayRecordComponent") // never compared
	record Path(HeapRoot root, int[] objects) {
	}

}
