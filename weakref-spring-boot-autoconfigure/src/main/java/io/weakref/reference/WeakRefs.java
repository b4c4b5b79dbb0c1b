package io.weakref.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * Finds what refers weakly to an object. A diagnostic: {@link #count} and {@link #list}
 * examine every entry of every weak collection. Of the weak collections that got their
 * first entry after the last garbage collection, only the newest 4096 of each cleaner are
 * known and examined.
 *
 * @since 0.1.0
 */
public final class WeakRefs {

	private WeakRefs() {
	}

	/**
	 * Count what refers weakly to an object.
	 * @param referent the object; may be {@code null}
	 * @return the number of references, proxies and entries of weak collections, not
	 * counting finalizers; 0 for {@code null} and for an object that nothing refers to
	 */
	public static int count(@Nullable Object referent) {
		if (referent == null) {
			return 0;
		}
		int[] count = { (SharedReferences.INSTANCE.find(referent) != null) ? 1 : 0 };
		for (ReferenceRegistry registry : ReferenceRegistry.all()) {
			registry.forEach(referent, (found) -> count[0]++);
		}
		CleanerInternals.forEachEntry(referent, (entry) -> count[0]++);
		return count[0];
	}

	/**
	 * List what refers weakly to an object: the shared reference, the shared proxies, the
	 * other references and proxies from the newest to the oldest, and finally one
	 * {@linkplain #untracked untracked} reference for each entry of a weak collection. A
	 * proxy is represented by the reference inside it.
	 * @param referent the object; may be {@code null}
	 * @return an unmodifiable snapshot, empty for {@code null} and for an object that
	 * nothing refers to
	 */
	public static List<WeakRef<?>> list(@Nullable Object referent) {
		if (referent == null) {
			return List.of();
		}
		WeakRef<?> shared = SharedReferences.INSTANCE.find(referent);
		List<Found> found = new ArrayList<>();
		for (ReferenceRegistry registry : ReferenceRegistry.all()) {
			registry.forEach(referent, found::add);
		}
		found.sort(Found.ORDER);
		List<WeakRef<?>> list = new ArrayList<>(found.size() + 1);
		if (shared != null) {
			list.add(shared);
		}
		found.forEach((each) -> list.add(each.ref()));
		CleanerInternals.forEachEntry(referent, (entry) -> list.add(untracked(referent)));
		return List.copyOf(list);
	}

	/**
	 * Create a reference that is neither shared nor counted by {@link #count}, for
	 * callers that need very many references, or that represent something that is counted
	 * already. It is not registered anywhere, so it costs little more than a
	 * {@code WeakReference}.
	 * @param <T> the type of the referent
	 * @param referent what to refer to
	 * @return a new reference without a callback
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 */
	public static <T> WeakRef<T> untracked(T referent) {
		return new WeakRef<>(referent);
	}

	/**
	 * A reference found in a registry.
	 *
	 * @param ref the reference
	 * @param shared whether it is that of a shared proxy
	 * @param sequence higher for a newer reference to the same object
	 */
	record Found(WeakRef<?> ref, boolean shared, long sequence) {

		static final Comparator<Found> ORDER = Comparator.comparing(Found::shared)
			.thenComparing(Found::sequence)
			.reversed();

	}

}
