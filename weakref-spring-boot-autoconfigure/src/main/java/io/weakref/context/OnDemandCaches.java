package io.weakref.context;

import java.lang.reflect.Member;
import java.util.Arrays;
import java.util.Optional;

import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakCollection;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;

/**
 * Provides the caches for {@link WeakCache @WeakCache} if no bean has the name.
 * <p>
 * {@code @WeakCache("x")} has a qualifier with a fixed value as its meta-annotation.
 * Spring looks for a bean that matches the annotation itself, then for one that matches
 * the meta-annotation. The on-demand beans match it for every {@code x}. They are
 * fallbacks, so any other bean takes precedence.
 */
final class OnDemandCaches {

	static final String QUALIFIER = "io.weakref.context.requested";

	private final ConfigurableListableBeanFactory beanFactory;

	OnDemandCaches(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Return the cache that the current injection point asks for, or null if there is no
	 * injection point, as when all beans of a type are looked up.
	 */
	@Nullable WeakCollection get(WeakCacheKind kind) {
		InjectionPoint injectionPoint = currentInjectionPoint();
		if (injectionPoint == null) {
			return null;
		}
		WeakCache annotation = findAnnotation(injectionPoint);
		if (annotation == null) {
			return null;
		}
		String name = annotation.value();
		if (name.isEmpty()) {
			throw new IllegalStateException(describe(injectionPoint) + " has @WeakCache without a name");
		}
		ResolvableType requiredType = requiredType(injectionPoint, kind);
		Optional<String> beanName = findBean(name);
		if (beanName.isPresent()) {
			return getBean(beanName.get(), name, requiredType, injectionPoint);
		}
		return this.beanFactory.getBean(WeakCacheRegistry.class)
			.getOrCreate(name, kind, describe(injectionPoint), (builder) -> {
			});
	}

	private WeakCollection getBean(String beanName, String name, ResolvableType requiredType,
			InjectionPoint injectionPoint) {
		if (!this.beanFactory.isTypeMatch(beanName, requiredType)) {
			throw new WeakCacheTypeMismatchException(name, requiredType, beanType(beanName), injectionPoint);
		}
		return this.beanFactory.getBean(beanName, WeakCollection.class);
	}

	private ResolvableType beanType(String beanName) {
		if (this.beanFactory.containsBeanDefinition(beanName)) {
			ResolvableType type = this.beanFactory.getMergedBeanDefinition(beanName).getResolvableType();
			if (!type.equals(ResolvableType.NONE)) {
				return type;
			}
		}
		return ResolvableType.forClass(this.beanFactory.getType(beanName, false));
	}

	/**
	 * Find the weak cache bean whose name or qualifier is the given name.
	 */
	private Optional<String> findBean(String name) {
		return Arrays
			.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, WeakCollection.class, true,
					false))
			.filter((beanName) -> BeanFactoryAnnotationUtils.isQualifierMatch(name::equals, beanName, this.beanFactory))
			.findFirst();
	}

	private @Nullable InjectionPoint currentInjectionPoint() {
		try {
			return ((Holder) this.beanFactory.autowire(Holder.class, AutowireCapableBeanFactory.AUTOWIRE_CONSTRUCTOR,
					false))
				.injectionPoint();
		}
		catch (IllegalStateException ex) {
			// Thrown by the bean factory if there is no injection point
			return null;
		}
	}

	private static @Nullable WeakCache findAnnotation(InjectionPoint injectionPoint) {
		WeakCache annotation = injectionPoint.getAnnotation(WeakCache.class);
		MethodParameter parameter = injectionPoint.getMethodParameter();
		return (annotation == null && parameter != null) ? parameter.getMethodAnnotation(WeakCache.class) : annotation;
	}

	private static ResolvableType requiredType(InjectionPoint injectionPoint, WeakCacheKind kind) {
		return (injectionPoint instanceof DependencyDescriptor descriptor) ? descriptor.getResolvableType()
				: ResolvableType.forClass(kind.collectionType());
	}

	static String describe(InjectionPoint injectionPoint) {
		Member member = injectionPoint.getMember();
		String owner = member.getDeclaringClass().getName();
		MethodParameter parameter = injectionPoint.getMethodParameter();
		if (parameter == null) {
			return "field '%s' in %s".formatted(member.getName(), owner);
		}
		return (parameter.getConstructor() != null)
				? "parameter %d of the constructor of %s".formatted(parameter.getParameterIndex(), owner)
				: "parameter %d of method '%s' in %s".formatted(parameter.getParameterIndex(), member.getName(), owner);
	}

	/**
	 * Receives the current injection point of the bean factory, which is available only
	 * as an argument of a constructor or method.
	 */
	record Holder(InjectionPoint injectionPoint) {
	}

}
