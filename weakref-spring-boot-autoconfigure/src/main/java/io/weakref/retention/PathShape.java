package io.weakref.retention;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What paths that hold different entries in the same way have in common: the root, the
 * fields and the note, without positions in arrays, maps and lists.
 *
 * @param root the root
 * @param steps the fields on the way
 * @param note the note that explains the path, if any
 */
record PathShape(RetentionRoot root, List<String> steps, @Nullable PathNote note) {

	private static final int LONGEST_CYCLE = 3;

	static PathShape unknown() {
		return new PathShape(new RetentionRoot("other", "not known"), List.of(), PathNote.UNKNOWN);
	}

	/**
	 * Return the shape of a path.
	 * @param dump the dump that contains the path
	 * @param path the path to the weak side of an entry
	 * @param entry that entry
	 * @param entries all entries of its collection
	 * @param roots describes the roots
	 * @return its shape
	 */
	static PathShape of(HeapDump dump, PathSearch.Path path, WeakEntries.Entry entry, WeakEntries entries,
			RootText roots) {
		List<String> steps = new ArrayList<>();
		HeapRoot root = path.root();
		if (root.field() != null && root.kind() != HeapRoot.Kind.CONSTANT) {
			steps.add(root.field().toString());
		}
		PathNote note = null;
		int threadLocal = -1;
		int[] objects = path.objects();
		for (int i = 0; i + 1 < objects.length; i++) {
			HeapClass type = dump.instanceClass(objects[i]);
			if (type == null) {
				continue;
			}
			HeapClass.DeclaredField field = field(dump, type, objects[i], objects[i + 1]);
			if (field == null) {
				// The referent of a soft reference or of a finalizer's reference.
				note = first(note, type.isA(JavaNames.SOFT_REFERENCE) ? PathNote.SOFT : PathNote.FINALIZER);
				steps.add(type.name() + "." + JavaNames.REFERENT);
				continue;
			}
			if (field.declarer().name().equals(WeakTableNames.NODE)
					&& field.name().equals(WeakTableNames.NODE_STRONG)) {
				note = first(note, note(objects[i], entry, entries));
			}
			if (field.declarer().name().equals(WeakTableNames.LOCK_NODE)
					&& field.name().equals(WeakTableNames.LOCK_PIN)) {
				note = first(note, PathNote.HELD_LOCK);
			}
			if (field.declarer().name().equals(WeakTableNames.HELD_VALUES)) {
				note = first(note, PathNote.HELD_VALUE);
			}
			if (field.declarer().name().equals(WeakTableNames.NEAR_CACHE_LOAD)) {
				note = first(note, PathNote.NEAR_CACHE_LOAD);
			}
			if (field.declarer().name().equals(JavaNames.THREAD_LOCAL_ENTRY)) {
				threadLocal = objects[i];
			}
			if (!isInside(field.declarer(), dump.instanceClass(objects[i + 1]))) {
				steps.add(field.toString());
			}
		}
		collapse(steps);
		return new PathShape(roots.describe(root, objects[0], steps, threadLocal), List.copyOf(steps), note);
	}

	/**
	 * Return the shape without the numbers in thread names, the same for a whole pool.
	 */
	PathShape withoutNumbers() {
		return new PathShape(RootText.withoutNumbers(this.root), this.steps, this.note);
	}

	RetentionPath toPath(int entries) {
		return new RetentionPath(entries, this.root, this.steps, (this.note != null) ? this.note.text() : null);
	}

	private static HeapClass.@Nullable DeclaredField field(HeapDump dump, HeapClass type, int holder, int held) {
		long id = dump.id(held);
		long fields = dump.instanceFields(dump.position(holder));
		for (int offset : type.strongOffsets()) {
			if (dump.file().id(fields + offset) == id) {
				return type.fieldAt(offset, dump.idSize());
			}
		}
		return null;
	}

	private static PathNote note(int node, WeakEntries.Entry entry, WeakEntries entries) {
		if (node == entry.node()) {
			return entry.weakKey() ? PathNote.VALUE_REACHES_KEY : PathNote.KEY_REACHES_VALUE;
		}
		if (entries.isNode(node)) {
			return entry.weakKey() ? PathNote.OTHER_VALUE_REACHES_IT : PathNote.OTHER_KEY_REACHES_IT;
		}
		return PathNote.OTHER_COLLECTION;
	}

	private static PathNote first(@Nullable PathNote note, PathNote other) {
		return (note == null || other.compareTo(note) < 0) ? other : note;
	}

	/**
	 * Return whether a step stays within a data structure of the JDK or this library,
	 * such as one to the next node of a bin.
	 */
	private static boolean isInside(HeapClass declarer, @Nullable HeapClass held) {
		if (held == null
				|| !(JavaNames.isOfTheJdk(declarer.name()) || WeakTableNames.isOfThisLibrary(declarer.name()))) {
			return false;
		}
		if (held.isA(declarer)) {
			return true;
		}
		HeapClass family = declarer.superclass();
		return family != null && outerName(declarer).equals(outerName(family)) && held.isA(family);
	}

	private static String outerName(HeapClass type) {
		int nested = type.name().indexOf('$');
		return (nested < 0) ? type.name() : type.name().substring(0, nested);
	}

	/** Keep only one of steps that repeat, such as the links of a list. */
	private static void collapse(List<String> steps) {
		for (int cycle = 1; cycle <= LONGEST_CYCLE; cycle++) {
			List<String> kept = new ArrayList<>();
			for (String step : steps) {
				kept.add(step);
				int size = kept.size();
				if (size >= 2 * cycle
						&& kept.subList(size - cycle, size).equals(kept.subList(size - 2 * cycle, size - cycle))) {
					kept.subList(size - cycle, size).clear();
				}
			}
			steps.clear();
			steps.addAll(kept);
		}
	}

}
