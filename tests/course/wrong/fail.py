# %% 1 right but for: That is the squared distance
distance_after_ten = 1.04**10

# %% 1 right but for: add squares, not lengths
distance_after_ten = 1.2**10

# %% 1 right but for: A step leaves the circle
distance_after_ten = 1.0

# %% 1 right but for: That is with h = 0.1
distance_after_ten = 1.01**5

# %% 1 right but for: already sees the new psi
theta_after_one = 1.0

# %% 1 right but for: psi is now negative
theta_after_one = 1.04

# %% 1 right but for: theta moves by h times that
theta_after_one = 0.8

# %% 1 right but for: That is with c = 1
largest_step = 0.1

# %% 1 right but for: c is squared
largest_step = 0.2

# %% 1 right but for: so d is gamma
largest_step = 0.8


# %% 2: differentiate -psi_k theta as a product
def unrolled_step(theta, psi, h, k):
    return theta + h * (psi - k * h * theta), psi - h * theta


# %% 2: the discriminator itself takes one
def unrolled_step(theta, psi, h, k):
    for _ in range(k):
        psi = psi - h * theta
    return theta + h * (psi - k * h * theta), psi


# %% 2: has not looked ahead
def unrolled_step(theta, psi, h, k):
    return theta + h * psi, psi - h * theta


# %% 2: climbed its loss -psi_k theta
def unrolled_step(theta, psi, h, k):
    return theta - h * (psi - 2 * k * h * theta), psi - h * theta


# %% 2: climbed its loss psi theta
def unrolled_step(theta, psi, h, k):
    return theta + h * (psi - 2 * k * h * theta), psi + h * theta


# %% 2: The order is
def unrolled_step(theta, psi, h, k):
    return psi - h * theta, theta + h * (psi - 2 * k * h * theta)


# %% 2: Both move at the same time
def unrolled_step(theta, psi, h, k):
    theta = theta + h * (psi - 2 * k * h * theta)
    return theta, psi - h * theta


# %% 3 right but for: in continuous time
threshold = 0.0

# %% 3 right but for: one factor of the rate cancels
threshold = 0.0225

# %% 3 right but for: Upside down
threshold = 6.66667

# %% 3 right but for: its derivative gamma y
threshold = 0.3

# %% 3 right but for: holds y back
quickest = 8.0

# %% 3 right but for: A stronger one comes nearer
quickest = 0.5

# %% 3 right but for: is none of
quickest = 1.0
