// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Types of their own, because a slot added to an epoch or gwei booked as wei would pass the compiler as integers.

/// @notice Amount in the consensus layer's unit, 10⁹ wei.
type Gwei is uint64;

/// @notice Slot number of the beacon chain.
type Slot is uint64;

/// @notice Epoch number of the beacon chain.
type Epoch is uint64;

/// @dev Consensus-specs FAR_FUTURE_EPOCH: the event has not been scheduled.
Epoch constant FAR_FUTURE_EPOCH = Epoch.wrap(type(uint64).max);

using {toWei} for Gwei global;
using {slotGreaterThan as >} for Slot global;
using {epochDiffers as !=, epochGreaterThan as >} for Epoch global;

/// @notice The amount lost its fraction of a gwei, or does not fit 64 bits.
error AmountNotInGwei(uint256 amountWei);

function toWei(Gwei amount) pure returns (uint256) {
    return uint256(Gwei.unwrap(amount)) * 1 gwei;
}

/// @dev Reverts instead of rounding: the deposit contract takes whole gwei only.
function toGwei(uint256 amountWei) pure returns (Gwei) {
    uint256 amountGwei = amountWei / 1 gwei;
    if (amountWei % 1 gwei != 0 || amountGwei > type(uint64).max) revert AmountNotInGwei(amountWei);
    return Gwei.wrap(uint64(amountGwei));
}

function slotGreaterThan(Slot a, Slot b) pure returns (bool) {
    return Slot.unwrap(a) > Slot.unwrap(b);
}

function epochDiffers(Epoch a, Epoch b) pure returns (bool) {
    return Epoch.unwrap(a) != Epoch.unwrap(b);
}

function epochGreaterThan(Epoch a, Epoch b) pure returns (bool) {
    return Epoch.unwrap(a) > Epoch.unwrap(b);
}
