package io.weakref.reference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * A weak reference that can have a callback, which runs when its referent has died.
 * <p>
 * It does not keep its referent alive; {@link #get()} returns that object or
 * {@code null}. {@link #of(Object)} creates references without a callback. For one
 * referent it returns the same instance to all callers, as long as that instance is in
 * use. Such a reference needs no cleaner and no thread.
 * <p>
 * A callback runs once, on the callback executor of a {@link WeakCleaner}, after the
 * garbage collector has cleared every weak reference to the referent. It runs only if
 * this reference itself is still reachable, so <em>keep the reference</em>. (A reference
 * that is unreachable but not yet garbage collected may still call back.) The callbacks
 * of one referent, including those of proxies and finalizers, run one after another, from
 * the newest to the oldest. If they have different cleaners, this order holds for each
 * cleaner separately. What a callback throws is passed to the cleaner's error handler. A
 * callback that holds the referent keeps it alive as long as the reference is held. After
 * the cleaner was closed no callback runs.
 * <p>
 * Two references are equal as long as both referents are alive and equal. Thread-safe.
 * <p>
 * This class may be extended. Its constructor registers the new instance. Therefore the
 * referent must stay reachable until the constructor of the subclass has completed:
 * otherwise the callback may see an instance that is not fully initialized. The library
 * itself never calls an overridden method.
 *
 * @param <T> the type of the referent
 * @since 0.1.0
 */
public class WeakRef<T> extends WeakReference<T> implements Supplier<@Nullable T> {

	private static final VarHandle CALLBACK;

	private static final VarHandle HASH;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			CALLBACK = lookup.findVarHandle(WeakRef.class, "callback", Consumer.class);
			HASH = lookup.findVarHandle(WeakRef.class, "hash", Integer.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile @Nullable Consumer<? super WeakRef<T>> callback;

	/** The referent's hash code, once it was asked for. */
	private volatile @Nullable Integer hash;

	/** The link in the registry; {@code null} if there is none. */
	private @Nullable ChainLink link;

	/**
	 * Create a reference that is never the shared one.
	 * @param referent what to refer to
	 * @param callback what to run with this reference once the referent has died, or
	 * {@code null}
	 * @param cleaner what runs the callback
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	@SuppressWarnings("this-escape") // the registry knows a reference from its
										// constructor on
	protected WeakRef(T referent, @Nullable Consumer<? super WeakRef<T>> callback, WeakCleaner cleaner) {
		this(referent, callback, registry(callback, cleaner));
		enter(referent, registry(callback, cleaner));
	}

	/** Create a reference that is not registered. */
	WeakRef(T referent) {
		super(ReferentCheck.requireReferenceable(referent));
	}

	/** Create a reference that is to be {@linkplain #enter registered}. */
	WeakRef(T referent, @Nullable Consumer<? super WeakRef<T>> callback, ReferenceRegistry registry) {
		super(ReferentCheck.requireReferenceable(referent), registry.queue());
		this.callback = callback;
	}

	/**
	 * Return the shared reference to an object.
	 * @param <T> the type of the referent
	 * @param referent what to refer to
	 * @return the same instance for all calls with this object, as long as that instance
	 * is in use
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 */
	public static <T> WeakRef<T> of(T referent) {
		return SharedReferences.INSTANCE.share(ReferentCheck.requireReferenceable(referent));
	}

	/**
	 * Create a reference whose callback is run by the {@linkplain WeakCleaner#shared()
	 * shared cleaner}.
	 * @param <T> the type of the referent
	 * @param referent what to refer to
	 * @param callback what to run with the reference once the referent has died
	 * @return a new reference
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 */
	public static <T> WeakRef<T> of(T referent, Consumer<? super WeakRef<T>> callback) {
		return of(referent, callback, WeakCleaner.shared());
	}

	/**
	 * Create a reference with a callback.
	 * @param <T> the type of the referent
	 * @param referent what to refer to
	 * @param callback what to run with the reference once the referent has died
	 * @param cleaner what runs the callback
	 * @return a new reference
	 * @throws NotReferenceableException if the referent is a weak proxy or has no
	 * identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	public static <T> WeakRef<T> of(T referent, Consumer<? super WeakRef<T>> callback, WeakCleaner cleaner) {
		return new WeakRef<>(referent, Objects.requireNonNull(callback, "callback"), cleaner);
	}

	/**
	 * Return the referent.
	 * @return the object with which this reference was created, or {@code null} once it
	 * was cleared
	 */
	@Override
	public @Nullable T get() {
		return super.get();
	}

	/**
	 * Return the callback.
	 * @return the callback; {@code null} if there is none, after {@link #clear()}, and
	 * once the referent has died
	 */
	public final @Nullable Consumer<? super WeakRef<T>> callback() {
		Consumer<? super WeakRef<T>> callback = this.callback;
		return refersTo(null) ? null : callback;
	}

	/**
	 * Clear this reference and cancel its callback, which never runs unless it has
	 * already begun. Other references to the same object do not change. All users of a
	 * shared instance see it cleared.
	 */
	@Override
	public void clear() {
		this.callback = null;
		super.clear();
		ChainLink link = this.link;
		if (link != null) {
			link.remove();
		}
	}

	/**
	 * {@linkplain #clear() Clear} this reference. Only the garbage collector adds it to a
	 * queue.
	 * @return {@code false}
	 */
	@Override
	public boolean enqueue() {
		clear();
		return false;
	}

	/**
	 * Compare the referents if both are alive, otherwise the identities of the
	 * references.
	 * @param other the object to compare with
	 * @return whether both referents are alive and equal, or both references are the same
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		if (this == other) {
			return true;
		}
		if (!(other instanceof WeakRef<?> that)) {
			return false;
		}
		T mine = referent();
		Object its = that.referent();
		return mine != null && its != null && mine.equals(its);
	}

	/**
	 * Return the referent's hash code. The first call remembers it.
	 * @return the hash code that the referent had at the first call
	 * @throws UnhashableReferenceException if the referent had died before the first call
	 */
	@Override
	public int hashCode() {
		Integer hash = this.hash;
		if (hash == null) {
			T referent = referent();
			if (referent == null) {
				throw new UnhashableReferenceException(
						"The referent has died, and hashCode() was not called while it was alive");
			}
			Integer asked = referent.hashCode();
			Integer first = (Integer) HASH.compareAndExchange(this, null, asked);
			hash = (first != null) ? first : asked;
		}
		return hash;
	}

	/**
	 * Describe this reference without calling a method of the referent. Never throws.
	 * @return the classes and identities of this reference and its referent, or that the
	 * referent is dead
	 */
	@Override
	public String toString() {
		T referent = referent();
		return describe(this) + ((referent != null) ? " to " + describe(referent) : ", dead");
	}

	static String describe(Object object) {
		return object.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(object));
	}

	/** The referent, independent of how a subclass overrides {@link #get()}. */
	final @Nullable T referent() {
		return super.get();
	}

	@SuppressWarnings("unchecked")
	final boolean isTo(Object object) {
		return refersTo((T) object);
	}

	/**
	 * What distinguishes the shared references to one object: this class, or the
	 * interface of a proxy.
	 */
	Class<?> kind() {
		return WeakRef.class;
	}

	/** The source that is passed to the error handler. */
	Object source() {
		return this;
	}

	private static ReferenceRegistry registry(@Nullable Object callback, WeakCleaner cleaner) {
		ReferenceRegistry registry = ReferenceRegistry.of(cleaner);
		return (callback != null) ? registry : ReferenceRegistry.withoutCallbacks();
	}

	final void enter(T referent, ReferenceRegistry registry) {
		try {
			registry.add(referent, this);
		}
		finally {
			Reference.reachabilityFence(referent);
		}
	}

	/**
	 * Called when the referent was cleared and this reference was taken off its cleaner's
	 * queue.
	 */
	final void died() {
		ChainLink link = this.link;
		if (link != null) {
			link.stripe.died(link);
		}
	}

	final void entered(ChainLink link) {
		this.link = link;
	}

	final boolean hasCallback() {
		return this.callback != null;
	}

	@SuppressWarnings("unchecked")
	final void runCallback() {
		Consumer<? super WeakRef<T>> callback = (Consumer<? super WeakRef<T>>) CALLBACK.getAndSet(this, null);
		if (callback != null) {
			callback.accept(this);
		}
	}

}
