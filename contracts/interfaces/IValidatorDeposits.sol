// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";

/// @title ValidatorDeposits
/// @notice Gives the pool's ETH to validators: 1 ETH to a verified key, the rest to a proven one. Part of
/// ValidatorManager.
interface IValidatorDeposits {
    event Predeposited(bytes32 indexed validatorId, uint64 timestamp);
    event ToppedUp(bytes32 indexed validatorId, uint256 amountWei);

    /// @notice The signature is not the one that was verified with the key.
    error DepositSignatureMismatch(bytes32 depositDataRoot, bytes32 expected);

    /// @notice A top-up is possible and would not be after this predeposit: ETH goes to proven keys before new ones.
    error TopUpFirst(uint256 provenKeyCount, uint256 unallocatedWei);

    /// @notice The balance lacks less than 1 ETH to the target.
    error AlreadyToppedUp(bytes32 validatorId);
    error InvalidTopUp(uint256 amountWei, uint256 minimumWei, uint256 maximumWei);

    /// @notice A partial withdrawal, consolidation or exit of the key is under way.
    error RequestInFlight(bytes32 validatorId);

    /// @notice Deposits the pool's 1 ETH for a verified key and reserves 1.1 ETH of the seven bonds, in equal parts
    /// and in shares at the present rate plus 5 %, until the key is proven. Anyone may, unless it takes the ETH of a
    /// top-up that is possible now.
    /// @param pubkey 48 bytes, compressed. @param depositSignature 96 bytes, compressed; must be the verified one.
    function predeposit(bytes calldata pubkey, bytes calldata depositSignature) external;

    /// @notice Deposits ETH for a Proven or Active key: at least MinimumTopUpWei, or all that its balance lacks to
    /// the target. Anyone may, when the pool has it, and nothing else is on its way from or to the validator.
    /// @param pubkey 48 bytes, compressed: only its root is kept here.
    /// @param anchor At most RequestProofSeconds old and not older than the last report's cut.
    /// @param proof That the validator is not leaving. @param balances Its balance: the one chunk with it.
    function topUp(
        bytes calldata pubkey,
        uint256 amountWei,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof,
        IBeaconVerifier.BalancesProof calldata balances
    ) external;

    /// @notice What the pool can give the key now, by what was sent to it; 0 when `topUp` would revert whatever the
    /// balance.
    function topUpAmountWei(bytes32 validatorId) external view returns (uint256);
}
