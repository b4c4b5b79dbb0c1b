package io.weakref.retention;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out from a heap dump what holds the entries of a weak collection.
 */
final class RetentionSearch {

	private static final long FIXED_MEMORY = 24;

	private RetentionSearch() {
	}

	/**
	 * Return how much memory a JVM needs to read a heap dump. The worst case is an object
	 * with a single reference that is an element of an array: it needs 13 bytes of memory
	 * for 41 bytes of the dump.
	 * @param dumpBytes the size of the heap dump
	 * @return a heap size in megabytes
	 */
	static long memoryFor(long dumpBytes) {
		return FIXED_MEMORY + dumpBytes / 8 * 3 / (1 << 20);
	}

	/**
	 * Search a heap dump.
	 * @param path the path of the heap dump
	 * @param cache the name of the collection
	 * @param progress is notified of the progress
	 * @return the report
	 * @throws RetentionException if there is no report
	 */
	static RetentionReport run(Path path, String cache, Progress progress) {
		return run(HeapFile.open(path), cache, progress);
	}

	static RetentionReport run(HeapFile file, String cache, Progress progress) {
		try {
			return search(file, cache, progress);
		}
		catch (IndexOutOfBoundsException | NegativeArraySizeException ex) {
			throw new RetentionException(
					"%s is damaged: a record does not have the length that it states.".formatted(file.name()), ex);
		}
	}

	private static RetentionReport search(HeapFile file, String cache, Progress progress) {
		HeapDump dump = HeapDump.read(file, progress);
		WeakEntries entries = WeakEntries.find(dump, cache);
		BitSet wanted = new BitSet();
		entries.sample().forEach((entry) -> wanted.set(entry.referent()));
		PathSearch search = PathSearch.run(dump, wanted, progress);
		RootText roots = new RootText(dump);
		Map<PathShape, List<PathShape>> groups = new LinkedHashMap<>();
		for (WeakEntries.Entry entry : entries.sample()) {
			PathShape shape = search.isFound(entry.referent())
					? PathShape.of(dump, search.path(entry.referent()), entry, entries, roots) : PathShape.unknown();
			groups.computeIfAbsent(shape.withoutNumbers(), (group) -> new ArrayList<>()).add(shape);
		}
		List<RetentionPath> paths = new ArrayList<>();
		groups.forEach((group, shapes) -> {
			PathShape first = shapes.get(0);
			boolean alike = shapes.stream().allMatch(first::equals);
			paths.add((alike ? first : group).toPath(shapes.size()));
		});
		paths.sort(Comparator.comparingInt(RetentionPath::entries)
			.reversed()
			.thenComparing((path) -> path.root().description()));
		return new RetentionReport(cache, entries.live(), entries.sample().size(), file.size(), paths);
	}

}
