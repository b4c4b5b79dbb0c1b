package io.weakref.reference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.Supplier;

import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * Runs an action once: when an object was collected, when it is called, or at exit.
 * <p>
 * Whether or not the caller keeps the finalizer, the library holds it and its action
 * until the action was run or detached. So <em>an action that reaches the object keeps it
 * alive for ever</em>: let it hold what it is to close, not who owns that. An action that
 * is the object, or holds it in a field or as a captured variable ({@code object::close}
 * does), is refused; one that reaches it by more steps cannot be recognised.
 * <p>
 * After a collection the action runs on the callback executor of a {@link WeakCleaner},
 * in the order that {@link WeakRef} describes, and what it throws goes to the cleaner's
 * error handler. If the executor refuses, that is reported, and the finalizer stays alive
 * for {@link #call()} and for exit.
 * <p>
 * Exit is the moment when the cleaner is closed (in a Spring application: when its
 * context closes) or when the JVM shuts down, whichever comes first; where somebody has
 * {@linkplain WeakCleaner#runFinalizersOnCloseOnly() promised} to close the cleaner, only
 * that. The live finalizers with {@link #isAtExit()} then run on the closing thread in
 * reverse order of creation, and one that is registered meanwhile runs next. One that
 * hangs holds up the closing. A closed cleaner lets go of the others; they can still be
 * called. After the JVM's exit run nothing runs any more.
 * <p>
 * Safe for use by many threads: the action runs at most once.
 *
 * @param <R> the type of the action's result
 * @since 0.1.0
 */
public final class Finalizer<R> {

	private static final VarHandle ACTION;

	static {
		try {
			ACTION = MethodHandles.lookup().findVarHandle(Finalizer.class, "action", Object.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final ChainLink.OfFinalizer link;

	/** A supplier or runnable; taken by whoever runs or detaches it. */
	private volatile @Nullable Object action;

	private volatile boolean atExit = true;

	@SuppressWarnings("this-escape")
	private Finalizer(Object referent, Object action, ReferenceRegistry registry) {
		this.action = action;
		this.link = registry.add(referent, this);
	}

	/**
	 * Register an action with the {@linkplain WeakCleaner#shared() shared cleaner}.
	 * @param referent the object whose collection is awaited
	 * @param action what to run then
	 * @return a finalizer, which need not be kept
	 * @throws NotReferenceableException if the action holds the object, or the object is
	 * a weak proxy or has no identity
	 */
	public static Finalizer<Void> register(Object referent, Runnable action) {
		return register(referent, action, WeakCleaner.shared());
	}

	/**
	 * Register an action.
	 * @param referent the object whose collection is awaited
	 * @param action what to run then
	 * @param cleaner what runs it
	 * @return a finalizer, which need not be kept
	 * @throws NotReferenceableException if the action holds the object, or the object is
	 * a weak proxy or has no identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	public static Finalizer<Void> register(Object referent, Runnable action, WeakCleaner cleaner) {
		requireUnheld(referent, action);
		return hold(referent, (action instanceof Supplier) ? new Running<>(action) : action, cleaner);
	}

	/**
	 * Register an action with the {@linkplain WeakCleaner#shared() shared cleaner}.
	 * @param <R> the type of the action's result
	 * @param referent the object whose collection is awaited
	 * @param action what to run then; its result is for {@link #call()}
	 * @return a finalizer, which need not be kept
	 * @throws NotReferenceableException if the action holds the object, or the object is
	 * a weak proxy or has no identity
	 */
	public static <R> Finalizer<R> register(Object referent, Supplier<? extends R> action) {
		return register(referent, action, WeakCleaner.shared());
	}

	/**
	 * Register an action.
	 * @param <R> the type of the action's result
	 * @param referent the object whose collection is awaited
	 * @param action what to run then; its result is for {@link #call()}
	 * @param cleaner what runs it
	 * @return a finalizer, which need not be kept
	 * @throws NotReferenceableException if the action holds the object, or the object is
	 * a weak proxy or has no identity
	 * @throws IllegalStateException if the cleaner is closed
	 */
	public static <R> Finalizer<R> register(Object referent, Supplier<? extends R> action, WeakCleaner cleaner) {
		requireUnheld(referent, action);
		return hold(referent, action, cleaner);
	}

	private static void requireUnheld(Object referent, Object action) {
		ReferentCheck.requireReferenceable(referent);
		Objects.requireNonNull(action, "action");
		if (CapturedReferences.holds(action, referent)) {
			throw new NotReferenceableException(
					"The action holds the object of " + referent.getClass().getName() + " and would keep it alive");
		}
	}

	private static <R> Finalizer<R> hold(Object referent, Object action, WeakCleaner cleaner) {
		try {
			ReferenceRegistry registry = ReferenceRegistry.of(cleaner);
			Finalizer<R> finalizer = new Finalizer<>(referent, action, registry);
			registry.hold(finalizer);
			return finalizer;
		}
		finally {
			Reference.reachabilityFence(referent);
		}
	}

	/**
	 * Run the action now, on the calling thread. What it throws is thrown, and the
	 * finalizer is dead all the same.
	 * @return what the action returned; {@code null} if this finalizer was dead, or after
	 * the JVM's exit run
	 */
	public @Nullable R call() {
		Object action = take();
		return (action != null && !ShutdownHook.isOver()) ? run(action) : null;
	}

	/**
	 * Return whether the action was neither run nor detached.
	 * @return whether it is alive; after its object was collected it is, until the action
	 * begins
	 */
	public boolean isAlive() {
		return this.action != null;
	}

	/**
	 * Return whether the action runs at exit.
	 * @return {@code true} unless that was changed; {@code false} when it is dead
	 */
	public boolean isAtExit() {
		return this.atExit && isAlive();
	}

	/**
	 * Set whether the action runs at exit. Does nothing when it is dead.
	 * @param value whether to run it
	 */
	public void setAtExit(boolean value) {
		this.atExit = value;
	}

	/**
	 * Cancel this finalizer and return what it was registered with.
	 * @return object and action; {@code null}, and nothing is cancelled, if the object
	 * was collected or the finalizer is dead
	 */
	public @Nullable Registration<R> detach() {
		Object referent = this.link.get();
		Object action = (referent != null) ? take() : null;
		return (referent != null && action != null) ? new Registration<>(referent, supplier(action)) : null;
	}

	/**
	 * Return what this finalizer was registered with.
	 * @return object and action; {@code null} if the object was collected or the
	 * finalizer is dead
	 */
	public @Nullable Registration<R> peek() {
		Object referent = this.link.get();
		Object action = this.action;
		return (referent != null && action != null) ? new Registration<>(referent, supplier(action)) : null;
	}

	/**
	 * Describe this finalizer without calling object or action.
	 * @return its identity, its state and the class and identity of its object
	 */
	@Override
	public String toString() {
		if (!isAlive()) {
			return WeakRef.describe(this) + ", dead";
		}
		Object referent = this.link.get();
		return WeakRef.describe(this) + " of "
				+ ((referent != null) ? WeakRef.describe(referent) : "a collected object");
	}

	long sequence() {
		return this.link.sequence();
	}

	/** The object was collected. */
	void runCollected() {
		call();
	}

	void runAtExit() {
		if (!this.atExit) {
			return;
		}
		Object action = take();
		if (action != null) {
			this.link.stripe.registry().run(new OwnedCallback(this, () -> {
				R unused = run(action);
			}));
		}
	}

	/**
	 * Make sure that the action does not run.
	 * @return whether that was still possible
	 */
	boolean cancel() {
		return take() != null;
	}

	private @Nullable Object take() {
		Object action = ACTION.getAndSet(this, null);
		if (action != null) {
			this.link.remove();
		}
		return action;
	}

	@SuppressWarnings("unchecked")
	private @Nullable R run(Object action) {
		if (action instanceof Supplier<?> supplier) {
			return (R) supplier.get();
		}
		((Runnable) action).run();
		return null;
	}

	@SuppressWarnings("unchecked")
	private Supplier<? extends R> supplier(Object action) {
		return (action instanceof Supplier<?> supplier) ? (Supplier<? extends R>) supplier
				: new Running<>((Runnable) action);
	}

	private record Running<R>(Runnable action) implements Supplier<@Nullable R> {

		@Override
		public @Nullable R get() {
			this.action.run();
			return null;
		}

	}

}
