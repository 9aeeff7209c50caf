"""Generators and discriminators, by builder functions: every one returns a plain ``keras.Model``.

A generator takes latents ``(B, latent_dim)`` and gives images ``(B, H, W, C)`` in [-1, 1]; a
discriminator takes images and gives logits ``(B, 1)``: positive means "real". With ``num_classes``
both take integer labels ``(B,)`` as their second input, see ``conditioning``.
"""

from ganlib.models.dcgan import dcgan_discriminator, dcgan_generator
from ganlib.models.mlp import mlp_discriminator, mlp_generator
from ganlib.models.parts import DCGAN_INIT, MINIBATCHES, NORMALIZATIONS, ImageShape, dcgan_widths
from ganlib.models.style import mapping, residual_discriminator, style_generator, synthesis
from ganlib.models.upsampling import transposed_generator, upsampling_generator

__all__ = [
    "DCGAN_INIT",
    "DISCRIMINATORS",
    "GENERATORS",
    "MINIBATCHES",
    "NORMALIZATIONS",
    "ImageShape",
    "dcgan_discriminator",
    "dcgan_generator",
    "dcgan_widths",
    "mapping",
    "mlp_discriminator",
    "mlp_generator",
    "residual_discriminator",
    "style_generator",
    "synthesis",
    "transposed_generator",
    "upsampling_generator",
]

GENERATORS = {
    "mlp": mlp_generator,
    "dcgan": dcgan_generator,
    "upsampling": upsampling_generator,
    "transposed-dense": transposed_generator,
    "style": style_generator,
}
DISCRIMINATORS = {
    "mlp": mlp_discriminator,
    "dcgan": dcgan_discriminator,
    "residual": residual_discriminator,
}
