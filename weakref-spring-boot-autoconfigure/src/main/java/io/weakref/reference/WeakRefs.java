package io.weakref.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * Tells what refers weakly to an object. A diagnostic: {@link #count} and {@link #list}
 * look at every entry of every weak collection. Of the collections that got their first
 * entry after the last garbage collection, the newest 4096 of each cleaner are known.
 *
 * @since 0.1.0
 */
public final class WeakRefs {

	private WeakRefs() {
	}

	/**
	 * Count what refers weakly to an object.
	 * @param referent the object; may be {@code null}
	 * @return the number of references, proxies and collection entries, finalizers not
	 * counted; 0 for {@code null} and for an object that nothing refers to
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
	 * other references and proxies from the newest to the oldest, and at the end one
	 * {@linkplain #untracked untracked} reference for each collection entry. A proxy is
	 * represented by the reference inside it.
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
	 * Create a reference that is neither shared nor counted, for who needs very many or
	 * shows what is counted elsewhere. It costs no more than a {@code WeakReference}.
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
	 * A reference found in a chain.
	 *
	 * @param ref the reference
	 * @param shared whether it is that of a shared proxy
	 * @param sequence when it was made, in relation to others
	 */
	record Found(WeakRef<?> ref, boolean shared, long sequence) {

		static final Comparator<Found> ORDER = Comparator.comparing(Found::shared)
			.thenComparing(Found::sequence)
			.reversed();

	}

}
